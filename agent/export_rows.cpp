#include "agent/export_rows.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <system_error>
#include <utility>

#include "agent/boot_book.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

constexpr std::size_t kRowsPerRead = 1'000;
constexpr std::size_t kGapCount = 2;  // First, Last, Count, Reason
constexpr std::size_t kGapReason = 3;
// A flush of a slow card, with the watchdog's patience.
constexpr std::chrono::seconds kPatience{60};

Said row_of(RowId row, Lane lane) {
  const auto number = std::to_string(row);
  const auto of = std::to_string(index(lane));
  return {"row " + number + " of lane " + of, "dòng " + number + " của làn " + of};
}

Unexpected wrong_epoch(const std::filesystem::path& outbox, const std::string& ours,
                       const std::string& theirs) {
  return Unexpected(refusal(
      outbox.string(),
      {"the acknowledgement is for epoch " + theirs + ", this outbox has epoch " + ours,
       "tệp xác nhận dành cho epoch " + theirs + ", bộ đệm này thuộc epoch " + ours},
      {"The outbox was made anew since the export: export again and import that. Nothing was forgotten",
       "Bộ đệm đã được lập lại sau lần xuất: xuất lại rồi nhập tệp mới. Không có gì bị xóa"}));
}

Unexpected beyond(const std::filesystem::path& outbox, Lane lane, RowId mark, RowId last) {
  return Unexpected(refusal(
      outbox.string(),
      row_of(mark, lane) +
          Said(" is acknowledged, but the outbox has only ", " đã được xác nhận, nhưng bộ đệm chỉ có ") +
          std::to_string(last),
      {"This outbox is older than the export: is it a copy? Nothing was forgotten",
       "Bộ đệm này cũ hơn lần xuất: có phải bản sao không? Không có gì bị xóa"}));
}

Unexpected lost_commits(const std::filesystem::path& outbox, Lane lane, RowId mark, RowId sure) {
  return Unexpected(
      refusal(outbox.string(),
              row_of(mark, lane) +
                  Said(" is acknowledged, but the outbox was found with only ",
                       " đã được xác nhận, nhưng bộ đệm khi mở chỉ còn ") +
                  std::to_string(sure) +
                  Said(": it lost what was written last, or it is an older copy",
                       ": nó mất phần ghi sau cùng, hoặc là một bản sao cũ"),
              {"It goes on under a new epoch and loses nothing more: export again and import that",
               "Nó chạy tiếp với một epoch mới và không mất thêm gì: xuất lại rồi nhập tệp mới"}));
}

class StoppedAgent final : public OutboxAccess {
 public:
  StoppedAgent(const AgentConfig& config, std::unique_ptr<Outbox> outbox)
      : file_(config.outbox_file), options_(config.outbox), outbox_(std::move(outbox)) {}

  [[nodiscard]] Result<ExportRows> begin_export(bool everything) override {
    auto boots = outbox_->note(std::string(kBootBookNote));
    if (!boots) return Unexpected(boots.error());
    if (*boots) boots_ = BootBook(**boots);
    return rows_to_export(*outbox_, everything);
  }
  [[nodiscard]] Result<Batch> read(const std::string&, Lane lane, RowRange rows) override {
    auto batch = read_rows(*outbox_, lane, rows);
    if (batch) boots_.correct(*batch);  // as the running agent does before it sends
    return batch;
  }
  [[nodiscard]] Result<std::array<Acknowledged, kLaneCount>> acknowledge(
      const std::string& epoch, const std::array<RowId, kLaneCount>& marks) override {
    if (epoch != outbox_->epoch()) return wrong_epoch(file_, outbox_->epoch(), epoch);
    std::array<Acknowledged, kLaneCount> lanes;
    for (const Lane lane : kLanes) {
      const auto depth = outbox_->depth(lane);
      if (!depth) return Unexpected(depth.error());
      if (depth->sure_up_to && marks[index(lane)] > *depth->sure_up_to) {
        if (auto begun = outbox_->begin_epoch(epoch); !begun) return Unexpected(begun.error());
        return lost_commits(file_, lane, marks[index(lane)], *depth->sure_up_to);
      }
      if (marks[index(lane)] > depth->last) return beyond(file_, lane, marks[index(lane)], depth->last);
      lanes[index(lane)].before = depth->acknowledged;
      lanes[index(lane)].last = depth->last;
    }
    for (const Lane lane : kLanes) {
      if (marks[index(lane)] <= lanes[index(lane)].before) continue;
      if (auto done = outbox_->acknowledge(lane, marks[index(lane)]); !done) return Unexpected(done.error());
    }
    // Closing writes the marks; whoever is told that they are written wants to be sure.
    outbox_.reset();
    auto again = Outbox::open(file_, options_);
    if (!again) return Unexpected(again.error());
    outbox_ = std::move(*again);
    for (const Lane lane : kLanes) {
      const auto depth = outbox_->depth(lane);
      if (!depth) return Unexpected(depth.error());
      lanes[index(lane)].mark = depth->acknowledged;
      if (depth->acknowledged < marks[index(lane)])
        return Unexpected(
            refusal(file_.string(), {"the disk does not keep the mark", "đĩa không giữ được mốc đã ghi"},
                    {"Check the disk, then repeat this", "Kiểm tra đĩa, rồi làm lại lệnh này"}));
    }
    return lanes;
  }

 private:
  std::filesystem::path file_;
  OutboxOptions options_;
  std::unique_ptr<Outbox> outbox_;
  BootBook boots_;
};

class RunningAgent final : public OutboxAccess {
 public:
  explicit RunningAgent(const AgentConfig& config)
      : socket_(config.control_socket), outbox_(config.outbox_file) {}

  [[nodiscard]] Result<ExportRows> begin_export(bool everything) override {
    const auto answer = ask_agent(everything ? "export begin all" : "export begin");
    if (!answer) return Unexpected(answer.error());
    try {
      const auto told = json::parse(*answer);
      ExportRows rows;
      rows.epoch = std::string(told.at("epoch").as_string());
      auto continues = decode_predecessors(std::string(told.at("continues").as_string()));
      if (!told.at("continues").as_string().empty() && !continues) return nonsense();
      if (continues) rows.continues = std::move(*continues);
      for (const Lane lane : kLanes) {
        const auto& range = told.at("lanes").at(index(lane));
        rows.lanes[index(lane)] =
            RowRange{range.at("first").to_number<RowId>(), range.at("last").to_number<RowId>()};
      }
      return rows;
    } catch (const std::exception&) {
      return nonsense();
    }
  }

  [[nodiscard]] Result<Batch> read(const std::string& epoch, Lane lane, RowRange rows) override {
    const auto answer = ask_agent("export read " + epoch + " " + std::to_string(index(lane)) + " " +
                                  std::to_string(rows.first) + " " + std::to_string(rows.last));
    if (!answer) return Unexpected(answer.error());
    auto batch = decode_part(*answer, epoch);
    if (!batch) return nonsense();
    return batch;
  }

  [[nodiscard]] Result<std::array<Acknowledged, kLaneCount>> acknowledge(
      const std::string& epoch, const std::array<RowId, kLaneCount>& marks) override {
    std::string request = "acknowledge " + epoch;
    for (const auto mark : marks) request += " " + std::to_string(mark);
    const auto answer = ask_agent(request);
    if (!answer) return Unexpected(answer.error());
    try {
      const auto told = json::parse(*answer);
      const std::string ours(told.at("epoch").as_string());
      if (ours != epoch) return wrong_epoch(outbox_, ours, epoch);
      std::array<Acknowledged, kLaneCount> lanes;
      for (const Lane lane : kLanes) {
        const auto& one = told.at("lanes").at(index(lane));
        const auto mark = marks[index(lane)];
        const auto* sure = one.as_object().if_contains("sure");
        if (sure != nullptr && mark > sure->to_number<RowId>()) {
          return lost_commits(outbox_, lane, mark, sure->to_number<RowId>());
        }
        if (mark > one.at("last").to_number<RowId>()) {
          return beyond(outbox_, lane, mark, one.at("last").to_number<RowId>());
        }
        lanes[index(lane)] =
            Acknowledged{one.at("before").to_number<RowId>(), one.at("mark").to_number<RowId>(),
                         one.at("last").to_number<RowId>()};
      }
      return lanes;
    } catch (const std::exception&) {
      return nonsense();
    }
  }

 private:
  [[nodiscard]] Unexpected nonsense() const {
    return Unexpected(
        refusal(socket_.string(),
                {"the running agent answers what this program does not understand",
                 "agent đang chạy trả lời điều mà chương trình này không hiểu"},
                {"Restart the agent (systemctl restart xalink-agent): it is of another version",
                 "Khởi động lại agent (systemctl restart xalink-agent): nó thuộc phiên bản khác"}));
  }
  [[nodiscard]] Result<std::string> ask_agent(const std::string& request) const {
    ControlCall call;
    call.program = "xalink-agent";
    call.patience = kPatience;
    auto answer = ask(socket_, request, call);
    if (!answer) return answer;
    const char first = (*answer)[0];
    if (first == '-') return failure(outbox_.string(), answer->substr(1));
    if (first != '+') return nonsense();
    return answer->substr(1);
  }

  std::filesystem::path socket_;
  std::filesystem::path outbox_;
};

}  // namespace

Result<ExportRows> rows_to_export(Outbox& outbox, bool everything) {
  // There is no gateway to ask on the way of a stick.
  bool doubtful = false;
  for (const Lane lane : kLanes) {
    const auto depth = outbox.depth(lane);
    if (!depth) return Unexpected(depth.error());
    doubtful = doubtful || (depth->sure_up_to && depth->last > *depth->sure_up_to);
  }
  if (doubtful) {
    if (auto begun = outbox.begin_epoch(outbox.epoch()); !begun) return Unexpected(begun.error());
  }
  ExportRows rows;
  rows.epoch = outbox.epoch();
  auto predecessors = outbox.predecessors();
  if (!predecessors) return Unexpected(predecessors.error());
  rows.continues = std::move(*predecessors);
  for (const Lane lane : kLanes) {
    const auto depth = outbox.depth(lane);
    if (!depth) return Unexpected(depth.error());
    rows.lanes[index(lane)] = RowRange{everything ? 1 : depth->acknowledged + 1, depth->last};
  }
  return rows;
}

Result<Batch> read_rows(Outbox& outbox, Lane lane, RowRange rows) {
  auto batch = outbox.read(lane, rows.first,
                           static_cast<std::size_t>(std::min<std::uint64_t>(kRowsPerRead, rows.rows())));
  if (!batch) return batch;
  // Rows that were given up meanwhile can stand in a gap that reaches beyond what was asked for.
  while (!batch->items.empty() && batch->items.back().first > rows.last) batch->items.pop_back();
  if (batch->items.empty())
    return Unexpected(refusal("", row_of(rows.first, lane) + Said(" is missing", " bị thiếu"), {}));
  auto& item = batch->items.back();
  if (item.last > rows.last) {
    const auto* count = std::get_if<std::uint64_t>(&item.record.values.at(kGapCount));
    const auto* reason = std::get_if<std::string>(&item.record.values.at(kGapReason));
    const auto most = rows.last - item.first + 1;
    item = make_gap(item.schema, item.first, rows.last, std::min(count == nullptr ? most : *count, most),
                    reason == nullptr ? std::string("lost") : *reason, item.record.stamp);
  }
  return batch;
}

Result<std::unique_ptr<OutboxAccess>> OutboxAccess::find(const AgentConfig& config) {
  const auto listener = who_listens(config.control_socket);
  if (listener == Listener::there)
    return std::unique_ptr<OutboxAccess>(std::make_unique<RunningAgent>(config));
  if (listener == Listener::forbidden) {
    return Unexpected(refusal(config.control_socket.string(),
                              {"the agent runs, but you may not use its socket",
                               "agent đang chạy, nhưng bạn không có quyền dùng socket của nó"},
                              {"Run this as root (sudo), or as a member of the socket's group",
                               "Chạy lệnh với quyền root (sudo), hoặc là thành viên nhóm của socket"}));
  }
  std::error_code error;
  if (!std::filesystem::exists(config.outbox_file, error)) {
    return Unexpected(refusal(
        config.outbox_file.string(),
        error ? Said("cannot be looked at: ", "không xem được: ") + error.message()
              : Said("there is no outbox", "không có bộ đệm"),
        error ? Said("Run this as root (sudo)", "Chạy lệnh với quyền root (sudo)")
              : Said("Has the agent run on this board? Else name its configuration with --config",
                     "Agent đã chạy trên máy này chưa? Nếu rồi, chỉ tệp cấu hình của nó bằng --config")));
  }
  auto outbox = Outbox::open(config.outbox_file, config.outbox);
  if (!outbox) return Unexpected(outbox.error());
  return std::unique_ptr<OutboxAccess>(std::make_unique<StoppedAgent>(config, std::move(*outbox)));
}

}  // namespace xalink
