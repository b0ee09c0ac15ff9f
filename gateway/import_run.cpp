#include "gateway/import_run.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "sparkplug/said.hpp"

namespace xalink {
namespace {

constexpr std::size_t kPartsOfOneStep = 20;  // about 1 MiB
constexpr std::size_t kRecordsOfOneCommit = 5'000;

bool is_gap(const Schema& schema) {
  return schema.device == kBacklogDevice && schema.group == "Gap";
}

class MemoryFile final : public ByteSink {
 public:
  [[nodiscard]] Result<void> write(std::string_view more) override {
    bytes += more;
    return {};
  }
  std::string bytes;
};

}  // namespace

ImportRun::ImportRun(std::unique_ptr<StickSource> source, KnownBoards known)
    : source_(std::move(source)), known_(std::move(known)) {}

Unexpected ImportRun::changed() const {
  return Unexpected(
      refusal(source_->name(), {"changed while it was read", "thay đổi trong khi đang đọc"},
              {"Copy it to a disk where nobody writes to it, and import that. What was taken in was verified",
               "Chép sang đĩa không ai ghi vào rồi nhập tệp đó. Những gì đã nhận đều đã được kiểm chứng"}));
}

Result<bool> ImportRun::check(WallTime now) {
  if (!reader_) {
    reader_ = std::make_unique<ExportReader>(*source_, source_->name());
    auto header = reader_->header();
    if (!header) return Unexpected(header.error());
    result_.header = std::move(*header);
    checks_.push_back(reader_->check());
  }
  for (std::size_t parts = 0; parts < kPartsOfOneStep; ++parts) {
    const auto batch = reader_->next();
    if (!batch) return Unexpected(batch.error());
    if (*batch) {
      checks_.push_back(reader_->check());
      continue;
    }
    if (auto good = reader_->verify(); !good) return Unexpected(good.error());
    // Only now: a stranger's file that is damaged is told to be damaged.
    auto known = recognise(known_, result_.header, source_->name(), now);
    if (!known) return Unexpected(known.error());
    result_.known = *known;
    result_.totals = reader_->totals();
    result_.bytes = reader_->bytes();
    for (const Lane lane : kLanes) result_.lanes[index(lane)].rows = result_.header.lanes[index(lane)];
    read_before_ = reader_->bytes();
    reader_.reset();
    verified_ = true;
    return true;
  }
  return false;
}

Result<std::vector<Fact>> ImportRun::next(WallTime at) {
  std::vector<Fact> facts;
  const auto arrived = [&](Batch batch) {
    facts.emplace_back(fact::Arrived{result_.header.node, at, std::move(batch)});
  };
  if (!verified_) return failure(source_->name(), "was not verified");
  if (!asked_marks_) {
    asked_marks_ = true;
    for (const Lane lane : kLanes) {
      Batch none;
      none.epoch = result_.header.epoch;
      none.lane = lane;
      arrived(std::move(none));
      std::get<fact::Arrived>(facts.back()).continues = result_.header.continues;
    }
    return facts;
  }
  if (!reader_) {
    source_->rewind();
    reader_ = std::make_unique<ExportReader>(*source_, source_->name());
    const auto header = reader_->header();
    if (!header && source_->failed()) return Unexpected(header.error());
    if (!header || reader_->check() != checks_[0]) return changed();
    at_check_ = 1;
  }
  std::size_t records = 0;
  while (records < kRecordsOfOneCommit && at_check_ < checks_.size()) {
    auto batch = reader_->next();
    if (!batch && source_->failed()) return Unexpected(batch.error());
    if (!batch || !*batch || reader_->check() != checks_[at_check_]) return changed();
    ++at_check_;
    auto& rows = **batch;
    const auto& lane = result_.lanes[index(rows.lane)];
    if (lane.hole || rows.last() <= lane.mark) continue;
    records += rows.items.size();
    for (const auto& item : rows.items) {
      if (!is_gap(rows.schemas[item.schema])) pending_.push_back(Pending{rows.lane, item.last});
    }
    arrived(std::move(rows));
  }
  return facts;
}

void ImportRun::committed(const std::vector<LaneMark>& marks) {
  const bool first = !reader_;
  for (const auto& mark : marks) {
    if (mark.node != result_.header.node || mark.epoch != result_.header.epoch) continue;
    auto& lane = result_.lanes[index(mark.lane)];
    if (first) {
      lane.before = mark.mark;
      lane.hole = lane.rows.rows() > 0 && lane.rows.first > mark.mark + 1;
    }
    for (const auto& record : pending_) {
      if (record.lane == mark.lane && record.last > lane.mark && record.last <= mark.mark)
        ++result_.new_records;
    }
    lane.mark = mark.mark;
  }
  pending_.clear();
}

std::vector<LaneMark> ImportRun::raised() const {
  std::vector<LaneMark> marks;
  for (const Lane lane : kLanes) {
    const auto& told = result_.lanes[index(lane)];
    if (told.mark <= told.before) continue;
    LaneMark mark;
    mark.node = result_.header.node;
    mark.epoch = result_.header.epoch;
    mark.lane = lane;
    mark.mark = told.mark;
    marks.push_back(std::move(mark));
  }
  return marks;
}

Result<std::string> acknowledgement_of(const Imported& imported, const OwnKey& own,
                                       const std::string& host_id, WallTime now) {
  Acknowledgement acknowledgement;
  acknowledgement.node = imported.header.node;
  acknowledgement.epoch = imported.header.epoch;
  for (const Lane lane : kLanes) acknowledgement.marks[index(lane)] = imported.lanes[index(lane)].mark;
  acknowledgement.created = now;
  acknowledgement.host_id = host_id;
  acknowledgement.public_key = own.key.public_key().der();
  acknowledgement.certificate = own.certificate;
  MemoryFile file;
  if (auto written = write_acknowledgement(file, acknowledgement, own.key); !written)
    return Unexpected(written.error());
  return std::move(file.bytes);
}

}  // namespace xalink
