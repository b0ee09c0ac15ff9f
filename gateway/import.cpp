#include "gateway/import.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <iostream>
#include <thread>
#include <utility>

#include "gateway/ledger.hpp"
#include "gateway/store/store_lock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

// Between two signs of life of a running gateway: another import may be before us.
constexpr std::chrono::seconds kPatience{600};

std::string local_time(const json::value& ms) {
  return local_text(WallTime(Milliseconds(ms.to_number<std::int64_t>())));
}

/// Its own ledger, while no gateway runs.
Result<json::object> import_alone(const GatewayConfig& config, Ledger& ledger, const OwnKey& own,
                                  std::unique_ptr<StickSource> source, Clock& clock, ProgressBar& progress) {
  ImportRun run(std::move(source), known_boards(config));
  for (;;) {
    const auto verified = run.check(clock.wall());
    if (!verified) return Unexpected(verified.error());
    progress.show(run.done(), run.of());
    if (*verified) break;
  }
  for (;;) {
    const auto facts = run.next(clock.wall());
    if (!facts) return Unexpected(facts.error());
    if (facts->empty()) break;
    const auto marks = ledger.commit(*facts);
    if (!marks) return Unexpected(marks.error());
    run.committed(*marks);
    progress.show(run.done(), run.of());
  }
  const auto acknowledgement = acknowledgement_of(run.result(), own, config.host.host_id, clock.wall());
  if (!acknowledgement) return Unexpected(acknowledgement.error());
  return imported_as_json(run.result(), *acknowledgement, own.key.public_key());
}

Result<json::object> ask_gateway(const GatewayConfig& config, const StickSource& source,
                                 ProgressBar& progress) {
  ControlCall call;
  call.program = "xalink-gateway";
  call.patience = kPatience;
  call.descriptor = source.descriptor();
  call.progress = [&](std::string_view line) {
    std::uint64_t done = 0;
    std::uint64_t of = 0;
    const auto* end = line.data() + line.size();
    const auto first = std::from_chars(line.data(), end, done);
    if (first.ec == std::errc() && first.ptr != end) std::from_chars(first.ptr + 1, end, of);
    progress.show(done, of);
  };
  const json::object request{{"import", source.name()}, {"store", config.store_file.string()}};
  const auto answer = ask(config.control_socket, json::serialize(request), call);
  if (!answer) return Unexpected(answer.error());
  boost::system::error_code unreadable;
  auto told = json::parse(*answer, unreadable);
  if (unreadable || !told.is_object()) {
    return Unexpected(
        refusal(config.control_socket.string(),
                {"the running gateway answers what this program does not understand",
                 "gateway đang chạy trả lời điều mà chương trình này không hiểu"},
                {"Restart the gateway (systemctl restart xalink-gateway): it is of another version",
                 "Khởi động lại gateway (systemctl restart xalink-gateway): nó khác phiên bản"}));
  }
  auto& object = told.as_object();
  if (const auto* error = object.if_contains("error")) {
    const auto& parts = error->as_object();
    return failure(std::string(parts.at("where").as_string()), std::string(parts.at("what").as_string()),
                   std::string(parts.at("next").as_string()));
  }
  return std::move(object);
}

/// Whichever gateway there is: one that runs, or this process.
class Importer {
 public:
  Importer(const GatewayConfig& config, Clock& clock) : config_(config), clock_(clock) {}

  /// A gateway that is just starting or stopping holds the store while it does not answer: that passes.
  Result<void> prepare() {
    constexpr int kTries = 50;
    for (int tries = 1;; ++tries) {
      const auto listener = who_listens(config_.control_socket);
      if (listener == Listener::there) return {};
      if (listener == Listener::forbidden) {
        return Unexpected(refusal(config_.control_socket.string(),
                                  {"the gateway runs, but you may not use its socket",
                                   "gateway đang chạy nhưng bạn không được dùng socket của nó"},
                                  {"Run this as root (sudo), or as a member of the socket's group",
                                   "Chạy lệnh này bằng root (sudo), hoặc bằng thành viên nhóm của socket"}));
      }
      auto ledger = Ledger::open(config_.store_file);
      if (ledger) return stand_in(std::move(*ledger));
      if (tries == kTries) return Unexpected(ledger.error());
      const bool in_use = store::is_in_use(config_.store_file) == store::StoreInUse::yes;
      if (!in_use) return Unexpected(ledger.error());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  Result<json::object> import(const std::filesystem::path& file, ProgressBar& progress) {
    auto source = StickSource::open(file);
    if (!source) return Unexpected(source.error());
    if (!ledger_) return ask_gateway(config_, **source, progress);
    return import_alone(config_, *ledger_, *own_, std::move(*source), clock_, progress);
  }

 private:
  Result<void> stand_in(std::unique_ptr<Ledger> ledger) {
    auto own = gateway_key(config_);
    if (!own) return Unexpected(own.error());
    // Before the store hears of anything new: when it last heard of boards is when their sessions ended.
    if (auto closed = ledger->close_open_sessions(clock_.wall(), "the gateway was not running"); !closed)
      return closed;
    own_.emplace(std::move(*own));
    ledger_ = std::move(ledger);
    return {};
  }

  const GatewayConfig& config_;
  Clock& clock_;
  std::optional<OwnKey> own_;
  std::unique_ptr<Ledger> ledger_;
};

/// True when all of the file is in the store now.
bool tell_lanes(const json::object& told, bool vi) {
  bool whole = true;
  std::size_t lane = 0;
  for (const auto& value : told.at("lanes").as_array()) {
    const auto& range = value.as_object();
    const auto name = std::to_string(lane++);
    const auto first = range.at("first").to_number<RowId>();
    const auto mark = range.at("mark").to_number<RowId>();
    if (mark >= range.at("last").to_number<RowId>()) continue;
    whole = false;
    if (range.at("hole").as_bool()) {
      std::cout
          << (vi ? "Thiếu: các dòng " : "Missing: rows ") << mark + 1 << (vi ? " đến " : " to ") << first - 1
          << (vi ? " của luồng " : " of lane ") << name
          << (vi ? " chưa đến đây, nên chưa nhận gì sau đó của luồng này. Nhập tệp trước đó, chờ máy gửi qua "
                   "mạng, hoặc xuất lại bằng: xalink-agent export --all\n"
                 : " have not come here yet, so nothing behind them was kept in this lane. Import the stick "
                   "before this one, wait for the board on the broker, or export again with: xalink-agent "
                   "export --all\n");
    } else {
      std::cout << (vi ? "Chỉ nhận đến dòng " : "Kept only up to row ") << mark
                << (vi ? " của luồng " : " of lane ") << name
                << (vi ? ": dòng sau đó không đúng.\n" : ": the row after it makes no sense.\n");
    }
  }
  return whole;
}

bool tell(const json::object& told, const std::filesystem::path& acknowledgement, Language language) {
  const bool vi = language == Language::vietnamese;
  const auto text = [&](const char* key) { return std::string(told.at(key).as_string()); };
  std::cout << text("group") << "/" << text("node") << ": ";
  std::string span;
  if (!told.at("oldest_ms").is_null()) {
    span = (vi ? " từ " : " from ") + local_time(told.at("oldest_ms")) + (vi ? " đến " : " to ") +
           local_time(told.at("newest_ms"));
  }
  const auto all = told.at("records").to_number<std::uint64_t>();
  const auto fresh = told.at("new_records").to_number<std::uint64_t>();
  if (vi) {
    std::cout << "tệp có " << all << " bản ghi" << span << "; " << fresh << " bản ghi mới đã lưu, "
              << (all >= fresh ? all - fresh : 0) << " đã có hoặc chưa nhận.\n";
  } else {
    std::cout << all << " records" << span << "; " << fresh << " were new and are stored, "
              << (all >= fresh ? all - fresh : 0) << " were here already or were not kept.\n";
  }
  const bool whole = tell_lanes(told, vi);
  if (told.at("certificate_expired").as_bool()) {
    std::cout
        << (vi ? "Chứng thư của máy này đã hết hạn: cần cấp lại.\n"
               : "The board's certificate has expired: renew it, or the broker will not let the board in.\n");
  }
  if (acknowledgement.empty()) return whole;
  std::cout << (vi ? "Xác nhận: " : "Acknowledgement: ") << acknowledgement.string()
            << (vi ? "; khóa của gateway: " : "; the gateway's key: ") << text("gateway_key") << "\n"
            << (vi ? "Tiếp theo: mang tệp này về máy ở xã và chạy: xalink-agent acknowledge "
                   : "Next: take it back to the board and run there: xalink-agent acknowledge ")
            << acknowledgement.filename().string() << "\n";
  return whole;
}

Result<void> write_file(const std::filesystem::path& file, const std::string& bytes) {
  auto stick = StickFile::create(file);
  if (!stick) return Unexpected(stick.error());
  if (auto written = (*stick)->write(bytes); !written) return written;
  return (*stick)->finish();
}

ExitCode refuse(const Error& error, Language language) {
  complain("xalink-gateway", xalink::told(error, language), kProblem);
  return kProblem;
}

/// Of a file that may be from anybody: only what it says of itself.
ExitCode show_keys(const ImportOrder& order, Language language) {
  for (const auto& file : order.files) {
    auto source = StickSource::open(file);
    if (!source) return refuse(source.error(), language);
    ExportReader reader(**source, file.string());
    const auto header = reader.header();
    if (!header) return refuse(header.error(), language);
    const auto key = PublicKey::from_der(header->public_key);
    if (!key) {
      const auto what = Said("its key ", "khóa trong tệp: ") + halves(key.error().what);
      return refuse(refusal(file.string(), what, {}), language);
    }
    std::cout << "# " << to_string(header->node) << " " << key->fingerprint() << "\n" << key->pem();
  }
  return kFine;
}

}  // namespace

ExitCode import_files(const GatewayConfig& config, const ImportOrder& order, Language language,
                      Clock& clock) {
  if (order.show_key) return show_keys(order, language);
  if (!order.acknowledgement.empty() && order.files.size() > 1) {
    complain("xalink-gateway",
             language == Language::vietnamese
                 ? "-o nêu một tệp xác nhận nhưng có nhiều tệp để nhập. Tiếp theo: nhập từng tệp, hoặc bỏ -o"
                 : "-o names one acknowledgement, but there are several files. Next: import them one "
                   "by one, or leave -o out",
             kUsage);
    return kUsage;
  }
  Importer importer(config, clock);
  if (auto ready = importer.prepare(); !ready) return refuse(ready.error(), language);
  auto code = kFine;
  for (const auto& file : order.files) {
    Result<json::object> told = failure("", "");
    {
      ProgressBar progress(clock, language == Language::vietnamese ? "Đang nhập" : "Importing");
      told = importer.import(file, progress);
    }
    if (!told) {
      code = refuse(told.error(), language);
      continue;
    }
    auto acknowledgement = order.acknowledgement;
    if (acknowledgement.empty()) {
      acknowledgement = file;
      acknowledgement += ".ack";
    }
    const auto bytes = from_base64(std::string(told->at("acknowledgement").as_string()));
    const auto written = write_file(acknowledgement, bytes);
    if (order.json) {
      auto shown = *told;
      shown["file"] = file.string();
      shown["acknowledgement"] = written ? json::value(acknowledgement.string()) : json::value(nullptr);
      std::cout << json::serialize(shown) << "\n";
      for (const auto& lane : told->at("lanes").as_array()) {
        const auto& range = lane.as_object();
        if (range.at("mark").to_number<RowId>() < range.at("last").to_number<RowId>()) code = kProblem;
      }
    } else if (!tell(*told, written ? acknowledgement : std::filesystem::path(), language)) {
      code = kProblem;
    }
    if (!written) {
      const auto& error = written.error();
      code = refuse(
          refusal(error.where,
                  Said("the records are stored, but the acknowledgement ",
                       "các bản ghi đã lưu, nhưng tệp xác nhận ") +
                      halves(error.what),
                  halves(error.next) + Said("; import again with -o FILE in a folder that can be written",
                                            "; nhập lại với -o TỆP trong một thư mục ghi được")),
          language);
    }
  }
  return code;
}

}  // namespace xalink
