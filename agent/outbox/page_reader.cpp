#include "agent/outbox/page_reader.hpp"

#include <algorithm>
#include <utility>

#include "agent/outbox/wal_frames.hpp"

namespace xalink {
namespace {

constexpr std::size_t kFileHeader = 100;  // on page 1, before its leaf
constexpr char kTableLeaf = 0x0D;
constexpr char kIndexLeaf = 0x0A;
constexpr std::size_t kMostColumns = 32;
constexpr std::uint64_t kMostPayload = 16U << 20U;

/// Nothing when the varint runs out of its bytes.
std::optional<std::uint64_t> varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    if (i == 8) return value << 8U | byte;
    value = value << 7U | (byte & 0x7FU);
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

std::int64_t integer(std::string_view bytes) {
  std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

std::optional<std::vector<Field>> fields_of(std::string_view record) {
  std::size_t at = 0;
  const auto header = varint(record, at);
  if (!header || *header > record.size()) return std::nullopt;
  std::vector<Field> fields;
  std::size_t body = static_cast<std::size_t>(*header);
  while (at < *header) {
    const auto type = varint(record, at);
    if (!type || at > *header || fields.size() == kMostColumns) return std::nullopt;
    constexpr std::size_t kSizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    if (*type == 10 || *type == 11 || *type / 2 > kMostPayload) return std::nullopt;
    const std::size_t size = *type < 10 ? kSizes[*type] : static_cast<std::size_t>((*type - 12) / 2);
    if (size > record.size() - body) return std::nullopt;
    const auto bytes = record.substr(body, size);
    body += size;
    Field field;
    if (*type >= 12) {
      field.kind = *type % 2 == 0 ? Field::Kind::blob : Field::Kind::text;
      field.bytes = bytes;
    } else if (*type == 7) {
      field.kind = Field::Kind::real;
    } else if (*type != 0) {
      field.kind = Field::Kind::integer;
      field.integer = size == 0 ? static_cast<std::int64_t>(*type - 8) : integer(bytes);
    }
    fields.push_back(field);
  }
  if (body != record.size()) return std::nullopt;
  return fields;
}

std::filesystem::path beside(const std::filesystem::path& file, const char* suffix) {
  auto path = file;
  path += suffix;
  return path;
}

}  // namespace

PageReader::PageReader(const std::filesystem::path& database)
    : file_(database), wal_(beside(database, "-wal")), page_size_(page_size_of(file_)) {
  pages_ = static_cast<std::size_t>(file_.size() / page_size_);
  auto frames = read_wal_frames(wal_, page_size_);
  frames_ = std::move(frames.pages);
  wal_damaged_ = frames.damaged;
  for (std::size_t frame = 0; frame < frames_.size(); ++frame) {
    if (frames_[frame] != 0) newest_[frames_[frame]] = frame;
  }
}

std::string PageReader::frame_image(std::size_t frame) const {
  constexpr auto kHeader = WalFrames::kFrameHeader;
  return wal_.read(WalFrames::kHeader + frame * (kHeader + page_size_) + kHeader, page_size_);
}

std::string PageReader::image(std::uint32_t page) const {
  const auto in_wal = newest_.find(page);
  if (in_wal != newest_.end()) return frame_image(in_wal->second);
  return page == 0 ? std::string() : file_.read(std::uint64_t{page - 1} * page_size_, page_size_);
}

std::optional<std::string> PageReader::payload(std::string_view page, std::size_t at, std::uint64_t size,
                                               Leaves which) const {
  // How much of a payload lies on the leaf itself: sqlite.org/fileformat2.html, section 1.6.
  const std::size_t most = which == Leaves::tables ? page_size_ - 35 : (page_size_ - 12) * 64 / 255 - 23;
  if (size <= most) {
    if (size > page.size() - at) return std::nullopt;
    return std::string(page.substr(at, static_cast<std::size_t>(size)));
  }
  const std::size_t least = (page_size_ - 12) * 32 / 255 - 23;
  const std::size_t part = least + static_cast<std::size_t>((size - least) % (page_size_ - 4));
  const std::size_t local = part <= most ? part : least;
  if (size > kMostPayload || local + 4 > page.size() - at) return std::nullopt;
  std::string bytes(page.substr(at, local));
  auto next = big_endian_32(page, at + local);
  while (bytes.size() < size) {
    const auto more = image(next);
    if (more.size() < page_size_) return std::nullopt;
    bytes += std::string_view(more).substr(4, static_cast<std::size_t>(size) - bytes.size());
    next = big_endian_32(more, 0);
  }
  return bytes;
}

void PageReader::read_leaf(std::string_view page, std::uint32_t number, Leaves which,
                           const std::function<void(const std::vector<LeafRow>&)>& take) const {
  const std::size_t begin = number == 1 ? kFileHeader : 0;
  if (page.size() < page_size_ || page[begin] != (which == Leaves::tables ? kTableLeaf : kIndexLeaf)) return;
  const std::size_t cells = big_endian_16(page, begin + 3);
  const std::size_t pointers = begin + 8;
  std::vector<std::string> payloads;
  std::vector<LeafRow> rows;
  payloads.reserve(std::min(cells, page_size_));
  for (std::size_t i = 0; i < cells && pointers + 2 * i + 2 <= page.size(); ++i) {
    std::size_t at = big_endian_16(page, pointers + 2 * i);
    if (at >= page.size()) continue;
    const auto size = varint(page, at);
    const auto row_id = which == Leaves::tables ? varint(page, at) : std::optional<std::uint64_t>(0);
    if (!size || !row_id || at > page.size()) continue;
    auto bytes = payload(page, at, *size, which);
    if (!bytes) continue;
    payloads.push_back(std::move(*bytes));
    if (auto fields = fields_of(payloads.back())) {
      rows.push_back(LeafRow{static_cast<std::int64_t>(*row_id), std::move(*fields)});
    } else {
      payloads.pop_back();
    }
  }
  if (!rows.empty()) take(rows);
}

void PageReader::read(Leaves which, const std::function<void(const std::vector<LeafRow>&)>& take) const {
  for (std::size_t frame = frames_.size(); frame-- > 0;) {
    if (frames_[frame] == 0) continue;
    read_leaf(frame_image(frame), frames_[frame], which, take);
  }
  for (std::size_t page = 0; page < pages_; ++page) {
    read_leaf(file_.read(std::uint64_t{page} * page_size_, page_size_), static_cast<std::uint32_t>(page + 1),
              which, take);
  }
}

}  // namespace xalink
