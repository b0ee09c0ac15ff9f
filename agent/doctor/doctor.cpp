#include "agent/doctor/doctor.hpp"

#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config.hpp"
#include "agent/doctor/ask_network.hpp"
#include "agent/doctor/look.hpp"
#include "agent/doctor/page.hpp"
#include "agent/probe_set.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/with_timeout.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr Duration kLongestAsking = std::chrono::seconds(30);

Colours colours_of_output() {
  // NOLINTBEGIN(concurrency-mt-unsafe): before any thread
  const char* terminal = std::getenv("TERM");
  const bool plain =
      std::getenv("NO_COLOR") != nullptr || (terminal != nullptr && std::string_view(terminal) == "dumb");
  // NOLINTEND(concurrency-mt-unsafe)
  return ::isatty(STDOUT_FILENO) != 0 && !plain ? Colours::terminal : Colours::none;
}

class Doctor {
 public:
  Doctor(const DoctorOrder& order, Language language)
      : bar_(clock_, language == Language::vietnamese ? "Đang kiểm tra" : "Checking") {
    auto config = load_agent_config(order.config_file);
    if (config) {
      config_ = std::move(*config);
      // What no single key says: two probes of one name.
      auto probes = make_probes(*config_, loop_.get_executor(), clock_, {});
      if (!probes) {
        mistakes_.push_back(probes.error());
        config_.reset();
      }
    } else {
      mistakes_ = std::move(config.error());
    }
    config_file_ = order.config_file;
  }

  Facts examine() {
    std::exception_ptr failure;
    asio::co_spawn(loop_, both(), [&](const std::exception_ptr& error) { failure = error; });
    loop_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(facts_);
  }

  [[nodiscard]] std::string site() const {
    return config_ ? config_->site.group + "/" + config_->site.node : std::string();
  }
  [[nodiscard]] WallTime now() const { return clock_.wall(); }

 private:
  asio::awaitable<void> both() {
    using asio::experimental::awaitable_operators::operator&&;
    auto all = look() && ask();
    co_await std::move(all);
  }

  asio::awaitable<void> look() {
    auto job = [this] {
      const auto* config = config_ ? &*config_ : nullptr;
      const AgentConfig usual;
      facts_.program = look_at_program(config_file_, config, std::move(mistakes_));
      if (config != nullptr) facts_.identity = look_at_identity(*config);
      const bool agent_runs = facts_.program.control != Listener::none;
      facts_.storage = look_at_storage(config == nullptr ? usual : *config, clock_, agent_runs);
      facts_.clock = look_at_clock(clock_);
      facts_.board = look_at_board();
      return true;
    };
    (void)co_await desk_.run(std::move(job));
  }

  asio::awaitable<void> ask() {
    auto asking = ask_all();
    (void)co_await with_timeout(clock_, kLongestAsking, std::move(asking));
  }
  asio::awaitable<bool> ask_all() {
    auto asking = ask_network(loop_.get_executor(), clock_, config_ ? &*config_ : nullptr, facts_.way,
                              [this](std::size_t answered, std::size_t of) { bar_.show(answered, of); });
    co_await std::move(asking);
    co_return true;
  }

  asio::io_context loop_{1};
  AsioClock clock_;
  ProgressBar bar_;
  std::string config_file_;
  std::optional<AgentConfig> config_;
  std::vector<Error> mistakes_;
  Facts facts_;
  WorkerThread desk_;
};

}  // namespace

int run_doctor(const DoctorOrder& order, Language language) {
  const auto colours = colours_of_output();
  // What the agent's parts would log is in the findings.
  set_up_log("doctor", "off");
  std::string page;
  bool well = false;
  {
    Doctor doctor(order, language);
    const auto diagnosis = judge(doctor.examine());
    const PageHead head{doctor.site(), doctor.now()};
    well = diagnosis.first_wrong() == nullptr;
    page = order.json ? findings_as_json(diagnosis, head) + "\n"
                      : findings_as_text(diagnosis, head, language, colours);
  }  // the progress line is wiped
  std::cout << page << std::flush;
  return well ? kFine : kProblem;
}

}  // namespace xalink
