#include "sparkplug/export_file.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sparkplug/carried_payload.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

constexpr char kHeader = 'H';
constexpr char kPart = 'P';
constexpr char kFooter = 'F';

// As many rows as the codec likes to see together; far below what a frame may hold.
constexpr std::size_t kPartBytes = std::size_t{48} * 1024;
constexpr std::size_t kLongestText = 256;
constexpr std::size_t kLongestCertificate = std::size_t{64} * 1024;
constexpr RowId kHighestRow = static_cast<RowId>(std::numeric_limits<std::int64_t>::max());

constexpr std::string_view kGroup = "Export/Group";
constexpr std::string_view kNode = "Export/Node";
constexpr std::string_view kCreated = "Export/Created";
constexpr std::string_view kKey = "Export/Key";
constexpr std::string_view kCertificate = "Export/Certificate";
constexpr std::string_view kRecords = "Export/Records";
constexpr std::string_view kGivenUp = "Export/Given Up";

std::string first_row(Lane lane) {
  return "Export/First Row Lane " + std::to_string(index(lane));
}

bool is_gap(const Schema& schema) {
  return schema.device == kBacklogDevice && schema.group == "Gap";
}

std::string encode_header(const ExportHeader& header) {
  CarriedPayload payload;
  payload.put(kGroup, header.node.group);
  payload.put(kNode, header.node.node);
  payload.put(metric::kEpoch, header.epoch);
  payload.put_time(kCreated, wire_time(header.created));
  payload.put(metric::kClockQuality, static_cast<std::uint64_t>(header.quality));
  for (const Lane lane : kLanes) {
    payload.put(first_row(lane), header.lanes[index(lane)].first);
    payload.put(metric::delivery_lane(lane), header.lanes[index(lane)].last);
  }
  if (!header.continues.empty()) payload.put(metric::kContinues, encode(header.continues));
  payload.put_bytes(kKey, header.public_key);
  if (!header.certificate.empty()) payload.put(kCertificate, header.certificate);
  payload.put(metric::kAgentVersion, header.software_version);
  return payload.encoded();
}

Result<ExportHeader> decode_header(std::string_view bytes) {
  auto payload = CarriedPayload::decoded(bytes);
  if (!payload) return Unexpected(payload.error());
  ExportHeader header;
  header.node = NodeId{payload->text(kGroup), payload->text(kNode)};
  header.epoch = payload->text(metric::kEpoch);
  header.public_key = payload->bytes(kKey);
  header.certificate = payload->text(kCertificate);
  header.software_version = payload->text(metric::kAgentVersion);
  const auto created = std::min<std::uint64_t>(payload->number(kCreated), kHighestRow);
  header.created = WallTime(Milliseconds(static_cast<std::int64_t>(created)));
  const auto quality = payload->number(metric::kClockQuality);
  if (!is_valid_id(header.node.group) || !is_valid_id(header.node.node) ||
      header.node.group.size() > kLongestText || header.node.node.size() > kLongestText) {
    return failure("", "it does not say of which board it is");
  }
  if (header.epoch.empty() || header.epoch.size() > kLongestText) return failure("", "it has no epoch");
  if (header.public_key.empty() || header.certificate.size() > kLongestCertificate) {
    return failure("", "it has no key");
  }
  if (quality > static_cast<std::uint64_t>(ClockQuality::synchronised))
    return failure("", "its clock is of no known quality");
  header.quality = static_cast<ClockQuality>(quality);
  if (const auto told = payload->text(metric::kContinues); !told.empty()) {
    auto continues = decode_predecessors(told);
    if (!continues) return failure("", "what outbox it continues makes no sense");
    header.continues = std::move(*continues);
  }
  for (const Lane lane : kLanes) {
    auto& rows = header.lanes[index(lane)];
    rows = RowRange{payload->number(first_row(lane)), payload->number(metric::delivery_lane(lane))};
    if (rows.first == 0 || rows.last > kHighestRow || rows.first > rows.last + 1) {
      return failure("", "its rows of lane " + std::to_string(index(lane)) + " make no sense");
    }
  }
  return header;
}

}  // namespace

void ExportTotals::count(const Batch& batch) {
  for (const auto& item : batch.items) {
    if (is_gap(batch.schemas[item.schema])) {
      constexpr std::size_t kCount = 2;
      const auto* count = item.record.values.size() > kCount
                              ? std::get_if<std::uint64_t>(&item.record.values[kCount])
                              : nullptr;
      given_up += count == nullptr ? 0 : std::min<std::uint64_t>(*count, item.last - item.first + 1);
      continue;
    }
    ++records;
    const auto wall = item.record.stamp.wall;
    if (!oldest || wall < *oldest) oldest = wall;
    if (!newest || wall > *newest) newest = wall;
  }
}

// --- parts ------------------------------------------------------------------------------------------

EncodedPart encode_part(const Batch& batch, std::size_t from_item) {
  std::vector<std::string> names;
  const AliasOf name_it = [&](std::string_view, std::string_view name) {
    names.emplace_back(name);
    return std::uint64_t{names.size() - 1};
  };
  auto encoded = encode_backlog(batch, from_item, kPartBytes, ClockContext(), name_it);
  Payload payload;
  payload.metrics = std::move(encoded.metrics);
  for (auto& metric : payload.metrics) {
    // A file has no births that would say what an alias means.
    metric.name = names[static_cast<std::size_t>(*metric.alias)];
    metric.alias.reset();
  }
  return EncodedPart{encode(payload), encoded.items};
}

Result<Batch> decode_part(std::string_view bytes, std::string_view epoch) {
  auto payload = decode(bytes);
  if (!payload) return Unexpected(payload.error());
  for (auto& metric : payload->metrics) {
    auto value = interpret(std::move(metric.value), metric.type);
    if (!value) return Unexpected(value.error());
    metric.value = std::move(*value);
  }
  auto batch = decode_delivery(kBacklogDevice, epoch, payload->metrics, ClockContext());
  if (!batch) return Unexpected(batch.error());
  if (!*batch || (*batch)->empty()) return failure("", "a part holds no rows");
  return std::move(**batch);
}

// --- writing ----------------------------------------------------------------------------------------

ExportWriter::ExportWriter(ByteSink& sink, ExportHeader header)
    : file_(sink, SignedFileKind::export_file), header_(std::move(header)) {
  for (const Lane lane : kLanes) next_[index(lane)] = header_.lanes[index(lane)].first;
}

Result<void> ExportWriter::begin() {
  return file_.add(kHeader, encode_header(header_));
}

Result<void> ExportWriter::add(const Batch& batch) {
  auto& next = next_[index(batch.lane)];
  if (batch.empty() || batch.first() != next || batch.last() > header_.lanes[index(batch.lane)].last) {
    return failure("",
                   "the outbox gave rows " + std::to_string(batch.first()) + " to " +
                       std::to_string(batch.last()) + " of lane " + std::to_string(index(batch.lane)) +
                       " where row " + std::to_string(next) + " was due",
                   "Export again");
  }
  for (std::size_t item = 0; item < batch.items.size();) {
    const auto part = encode_part(batch, item);
    if (auto added = file_.add(kPart, part.payload); !added) return added;
    item += part.items;
  }
  next = batch.last() + 1;
  totals_.count(batch);
  return {};
}

Result<void> ExportWriter::finish(const SigningKey& key) {
  for (const Lane lane : kLanes) {
    if (next_[index(lane)] == header_.lanes[index(lane)].last + 1) continue;
    return failure("",
                   "rows from " + std::to_string(next_[index(lane)]) + " of lane " +
                       std::to_string(index(lane)) + " are missing",
                   "Export again");
  }
  CarriedPayload footer;
  footer.put(kRecords, totals_.records);
  footer.put(kGivenUp, totals_.given_up);
  if (auto added = file_.add(kFooter, footer.encoded()); !added) return added;
  return file_.finish(key);
}

// --- reading ----------------------------------------------------------------------------------------

ExportReader::ExportReader(ByteSource& source, std::string where)
    : file_(source, SignedFileKind::export_file, std::move(where)) {}

Result<ExportHeader> ExportReader::header() {
  auto frame = file_.next();
  if (!frame) return Unexpected(frame.error());
  if (!*frame || (*frame)->type != kHeader) return altered("it has no header");
  auto header = decode_header((*frame)->payload);
  if (!header) return altered(header.error().what);
  header_ = *header;
  for (const Lane lane : kLanes) next_[index(lane)] = header_.lanes[index(lane)].first;
  return header;
}

Result<std::optional<Batch>> ExportReader::next() {
  auto frame = file_.next();
  if (!frame) return Unexpected(frame.error());
  if (!*frame) {
    if (!footer_seen_) return altered("it has no footer");
    return std::optional<Batch>();
  }
  if (footer_seen_) return altered("a part follows the footer");
  if ((*frame)->type == kFooter) return end((*frame)->payload);
  if ((*frame)->type != kPart) return altered("it holds a part of no known kind");
  auto batch = decode_part((*frame)->payload, header_.epoch);
  if (!batch) return altered("a part cannot be read: " + batch.error().to_string());
  auto& next = next_[index(batch->lane)];
  if (batch->first() != next || batch->last() > header_.lanes[index(batch->lane)].last) {
    return altered("row " + std::to_string(next) + " of lane " + std::to_string(index(batch->lane)) +
                   " is not where it belongs");
  }
  next = batch->last() + 1;
  totals_.count(*batch);
  return std::optional<Batch>(std::move(*batch));
}

Result<std::optional<Batch>> ExportReader::end(std::string_view footer) {
  const auto payload = CarriedPayload::decoded(footer);
  if (!payload) return altered("its footer cannot be read");
  for (const Lane lane : kLanes) {
    if (next_[index(lane)] != header_.lanes[index(lane)].last + 1)
      return altered("row " + std::to_string(next_[index(lane)]) + " of lane " + std::to_string(index(lane)) +
                     " is missing");
  }
  if (payload->number(kRecords) != totals_.records || payload->number(kGivenUp) != totals_.given_up)
    return altered("its footer counts other records than it holds");
  footer_seen_ = true;
  return next();
}

Result<void> ExportReader::verify() const {
  const auto key = PublicKey::from_der(header_.public_key);
  if (!key) return altered("its key " + key.error().what);
  return file_.verify(*key);
}

std::string export_file_name(const ExportHeader& header) {
  constexpr std::size_t kShortEpoch = 8;
  constexpr std::size_t kLongestId = 60;
  const auto plain = [](std::string text) {
    if (text.size() > kLongestId) text.resize(kLongestId);
    for (char& letter : text) {
      const bool fine = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                        (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
      if (!fine) letter = '_';
    }
    return text;
  };
  std::string name = plain(header.node.group) + "-" + plain(header.node.node) + "-" +
                     plain(header.epoch.substr(0, kShortEpoch));
  for (const auto& rows : header.lanes) name += "-" + std::to_string(rows.last);
  return name + ".xalink";
}

}  // namespace xalink
