#pragma once
// Gives the rules of outage_watch what the probes and the session say, and their events a place in the
// outbox.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outage_watch.hpp"
#include "agent/recorder.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink {

/// Thread-safety: one loop.
class OutageKeeper {
 public:
  using StampOf = std::function<Stamp()>;

  /// `witnesses`: those that `watch` was made with.
  OutageKeeper(const boost::asio::any_io_executor& executor, Clock& clock, StampOf stamp,
               const std::vector<Witness>& witnesses, OutageWatch watch);

  struct Listener {
    /// Other probes are to be asked more often than before, or as often as they are set to.
    std::function<void(const std::vector<OutageWatch::Hurry>&)> hurry;
    /// The way beyond this office is there again.
    std::function<void()> way_is_back;
    /// Something is amiss, and the probe of this group might say why: before it is an outage, so that its
    /// evidence has it. Once while it lasts, and not for each of the times that a line comes and goes.
    std::function<void(std::string_view group)> explain = {};
  };
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// A probe's record, and how long its run took; of others nothing is taken.
  void took(const Schema& schema, const Record& record, Duration run = Duration::zero());
  /// The session's state became another; `failure`: why there is none.
  void session(EdgeNodeState state, const std::string& failure);

  /// The session stands, but what was sent since then is not confirmed; nothing: it is again.
  void unanswered(std::optional<BootTime> since);
  /// The outbox was replaced, perhaps by one that does not remember what is open.
  void keep_again();

  /// Records events as they come up, until cancelled.
  boost::asio::awaitable<void> run(Recorder& recorder);
  /// Records what came up; tried again by run() when the disk refuses.
  boost::asio::awaitable<void> record_news(Recorder& recorder);

  [[nodiscard]] const OutageWatch& watch() const { return watch_; }

 private:
  /// A probe that explains, and whether it was asked of what is amiss now.
  struct Question {
    std::string_view group;
    bool asked = false;
    SteadyTime may_ask_at{};
  };
  void heard();
  void ask_why(Question& question, bool amiss);
  void log(const OutageEvent& event) const;

  Clock& clock_;
  StampOf stamp_;
  std::map<std::string, Witness, std::less<>> witnesses_;
  OutageWatch watch_;
  Listener listener_;
  std::vector<OutageWatch::Hurry> hurried_;
  Question how_far_{"Path"};
  Question whose_page_{"Captive Portal"};
  bool refused_ = false;
  WakeUp changed_;
};

}  // namespace xalink
