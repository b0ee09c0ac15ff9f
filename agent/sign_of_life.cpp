#include "agent/sign_of_life.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/crc.hpp>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "sparkplug/folder.hpp"

namespace xalink {
namespace {

constexpr std::string_view kForm = "alive 1 ";

// A block of ext4, and of what is inside most cards: less would be read and written again as a whole.
constexpr std::size_t kPlace = 4096;
constexpr std::size_t kPlaces = 2;
constexpr std::string_view kPlaceForm = "xalink sign 1 ";

struct Sign {
  std::uint64_t number = 0;
  Stamp stamp;
};

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto end = text.find(' ');
  if (end == std::string_view::npos) return false;
  const auto read = std::from_chars(text.data(), text.data() + end, number);
  if (read.ec != std::errc() || read.ptr != text.data() + end) return false;
  text.remove_prefix(end + 1);
  return true;
}

std::uint32_t checksum(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

/// "xalink sign 1 CHECKSUM NUMBER alive 1 ...", one line that a person can read, and zeros.
std::string place_of(std::uint64_t number, const Stamp& stamp) {
  const auto told = std::to_string(number) + " " + sign_of_life(stamp);
  std::string place(kPlaceForm);
  place += std::to_string(checksum(told)) + " " + told + "\n";
  place.resize(kPlace);
  return place;
}

std::optional<Sign> read_place(std::string_view place) {
  const auto end = place.find('\n');
  if (!place.starts_with(kPlaceForm) || end == std::string_view::npos) return std::nullopt;
  place = place.substr(kPlaceForm.size(), end - kPlaceForm.size());
  std::uint32_t sum = 0;
  Sign sign;
  if (!take_number(place, sum) || sum != checksum(place)) return std::nullopt;
  if (!take_number(place, sign.number)) return std::nullopt;
  auto stamp = read_sign_of_life(place);
  if (!stamp) return std::nullopt;
  sign.stamp = std::move(*stamp);
  return sign;
}

/// Owns a file descriptor.
class Opened {
 public:
  Opened(const std::filesystem::path& file, int flags)
      : number_(::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

struct Places {
  std::array<std::optional<Sign>, kPlaces> signs;
  /// The place of the newest sign.
  [[nodiscard]] std::optional<std::size_t> newest() const {
    std::optional<std::size_t> newest;
    for (std::size_t place = 0; place < kPlaces; ++place) {
      if (!signs[place]) continue;
      if (!newest || signs[place]->number > signs[*newest]->number) newest = place;
    }
    return newest;
  }
};

Places read_places(int file) {
  Places places;
  std::string bytes(kPlace, '\0');
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const auto read = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(place * kPlace));
    if (read > 0) places.signs[place] = read_place({bytes.data(), static_cast<std::size_t>(read)});
  }
  return places;
}

bool write_at(int file, std::string_view bytes, std::size_t at) {
  const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
  if (written == static_cast<ssize_t>(bytes.size())) return true;
  if (written >= 0) errno = ENOSPC;
  return false;
}

/// Its blocks are there before they are needed: overwriting them takes no space, and no list of blocks.
bool make_whole(int file, const std::filesystem::path& folder) {
  struct stat status = {};
  if (::fstat(file, &status) != 0) return false;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size >= kPlaces * kPlace) return true;
  if (!write_at(file, std::string(kPlaces * kPlace - size, '\0'), size) || ::fsync(file) != 0) return false;
  errno = sync_names(folder);
  return errno == 0;
}

}  // namespace

std::string sign_of_life(const Stamp& stamp) {
  return std::string(kForm) + std::to_string(stamp.boot_time.count()) + " " +
         std::to_string(stamp.wall.time_since_epoch().count()) + " " +
         std::to_string(static_cast<int>(stamp.quality)) + " " + stamp.boot_id;
}

std::optional<Stamp> read_sign_of_life(std::string_view text) {
  if (!text.starts_with(kForm)) return std::nullopt;
  text.remove_prefix(kForm.size());
  std::array<std::int64_t, 3> numbers{};
  for (std::int64_t& number : numbers) {
    if (!take_number(text, number)) return std::nullopt;
  }
  const auto& [boot_time, wall, quality] = numbers;
  if (text.empty() || boot_time < 0 || quality < 0 ||
      quality > static_cast<std::int64_t>(ClockQuality::synchronised)) {
    return std::nullopt;
  }
  return Stamp{WallTime(Milliseconds(wall)), BootTime(boot_time), std::string(text),
               static_cast<ClockQuality>(quality)};
}

SignOfLifeFile SignOfLifeFile::beside(std::filesystem::path outbox) {
  outbox += ".alive";
  return SignOfLifeFile(std::move(outbox));
}

std::optional<Stamp> SignOfLifeFile::read() const {
  const Opened file(file_, O_RDONLY);
  if (file.get() < 0) return std::nullopt;
  auto places = read_places(file.get());
  const auto newest = places.newest();
  if (!newest) return std::nullopt;
  return std::move(places.signs[*newest]->stamp);
}

Result<void> SignOfLifeFile::write(const Stamp& stamp) const {
  const Opened file(file_, O_RDWR | O_CREAT);
  const bool whole = file.get() >= 0 && make_whole(file.get(), folder_of(file_));
  if (whole) {
    const auto places = read_places(file.get());
    const auto newest = places.newest();
    const auto number = newest ? places.signs[*newest]->number + 1 : 1;
    const auto place = newest ? (*newest + 1) % kPlaces : 0;
    // Its data alone: the file's time may follow when the file system has something else to note.
    if (write_at(file.get(), place_of(number, stamp), place * kPlace) && ::fdatasync(file.get()) == 0) {
      return {};
    }
  }
  return failure(file_.string(),
                 "a sign of life could not be written: " + std::generic_category().message(errno),
                 "Check the disk (dmesg, df) and that the user the agent runs as may write there");
}

}  // namespace xalink
