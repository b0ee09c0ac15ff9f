#include "agent/outbox/wal_frames.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace xalink {
namespace {

constexpr std::size_t kUsualPage = 1024;  // what outboxes are made with
constexpr std::uint32_t kMagic = 0x377f0682U;

using Sum = std::pair<std::uint32_t, std::uint32_t>;

std::uint32_t word(std::string_view bytes, std::size_t at, bool big_endian) {
  const auto value = big_endian_32(bytes, at);
  return big_endian ? value : __builtin_bswap32(value);
}

Sum add(Sum sum, std::string_view bytes, bool big_endian) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.first += word(bytes, at, big_endian) + sum.second;
    sum.second += word(bytes, at + 4, big_endian) + sum.first;
  }
  return sum;
}

Sum sum_in(std::string_view bytes, std::size_t at) {
  return {big_endian_32(bytes, at), big_endian_32(bytes, at + 4)};
}

struct Frame {
  std::string bytes;
  Sum sum;  ///< as its header tells
  [[nodiscard]] std::string_view salt() const { return std::string_view(bytes).substr(8, 8); }
  [[nodiscard]] std::uint32_t page() const { return big_endian_32(bytes, 0); }
  [[nodiscard]] bool commits() const { return big_endian_32(bytes, 4) != 0; }
  [[nodiscard]] bool follows(Sum before, bool big_endian) const {
    const auto header = add(before, std::string_view(bytes).substr(0, 8), big_endian);
    return add(header, std::string_view(bytes).substr(WalFrames::kFrameHeader), big_endian) == sum;
  }
};

}  // namespace

std::size_t page_size_of(const FileBytes& database) {
  const auto header = database.read(0, 100);
  if (header.size() < 100) return kUsualPage;
  const std::size_t size = big_endian_16(header, 16);
  const bool possible = size >= 512 && size <= 32'768 && (size & (size - 1)) == 0;
  // A size that the file's own belies is damage too.
  return possible && database.size() % size == 0 ? size : kUsualPage;
}

WalFrames read_wal_frames(const FileBytes& wal, std::size_t page_size) {
  WalFrames frames;
  const auto header = wal.read(0, WalFrames::kHeader);
  if (header.size() < WalFrames::kHeader) return frames;
  const std::size_t frame_size = WalFrames::kFrameHeader + page_size;
  const bool big_endian = (big_endian_32(header, 0) & 1U) != 0;
  const Sum header_sum = add({0, 0}, std::string_view(header).substr(0, 24), big_endian);
  const bool sound = (big_endian_32(header, 0) & ~1U) == kMagic && header_sum == sum_in(header, 24) &&
                     big_endian_32(header, 8) == page_size;
  // Frames of an earlier round, already in the database, have another salt.
  std::string salt = header.substr(16, 8);
  if (!sound) salt = wal.read(WalFrames::kHeader, frame_size).substr(0, 16).erase(0, 8);

  Sum before = header_sum;
  bool in_chain = sound;
  bool later_commit = false;  // behind a frame that broke the chain
  std::size_t committed = 0;
  for (std::uint64_t at = WalFrames::kHeader; at + frame_size <= wal.size(); at += frame_size) {
    Frame frame{wal.read(at, frame_size), {}};
    frame.sum = sum_in(frame.bytes, 16);
    const bool ours = frame.salt() == salt;
    const bool intact = ours && frame.follows(before, big_endian);
    in_chain = in_chain && intact;
    before = frame.sum;
    frames.pages.push_back(intact ? frame.page() : 0);
    if (!in_chain) {
      if (intact && later_commit) frames.damaged = true;  // a transaction was begun after the torn one
      later_commit = later_commit || (ours && frame.commits());
    }
    if (intact && frame.commits() && (in_chain || frames.damaged || !sound)) committed = frames.pages.size();
  }
  // A header that makes no sense before frames that do: torn only where nothing was committed since.
  if (!sound && committed > 0) frames.damaged = true;
  frames.pages.resize(committed);
  return frames;
}

}  // namespace xalink
