#include "tests/faults/disks/small_disk.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "tests/integration/programs.hpp"

namespace xalink::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStuffing = "stuffing";

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// Its output, without the last newline.
std::string must_run(std::vector<std::string> words, int highest_fine_code = 0) {
  words.insert(words.begin(), {"/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"});
  auto outcome = call(words);
  if (outcome.code < 0 || outcome.code > highest_fine_code) {
    throw std::runtime_error(words[2] + " failed: " + outcome.out + outcome.err);
  }
  while (!outcome.out.empty() && outcome.out.back() == '\n') outcome.out.pop_back();
  return outcome.out;
}

}  // namespace

bool have_own_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    if (errno == EPERM) return false;
    refuse("no mount namespace");
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) refuse("no private mounts");
  return true;
}

SmallDisk::SmallDisk(std::filesystem::path place, std::uint64_t bytes)
    : place_(std::move(place)), image_(place_.string() + ".img") {
  fs::create_directories(place_);
  std::ofstream(image_, std::ios::trunc).close();
  fs::resize_file(image_, bytes);
  // No blocks kept for root, who runs these tests.
  must_run({"mkfs.ext4", "-q", "-F", "-m", "0", image_.string()});
  mount();
}

SmallDisk::~SmallDisk() {
  // Programs may still have files of it open; it goes when they do.
  ::umount2(place_.c_str(), MNT_DETACH);
  std::error_code ignored;
  fs::remove(image_, ignored);
}

void SmallDisk::mount() {
  must_run({"mount", "-o", "loop,errors=remount-ro", image_.string(), place_.string()});
}

void SmallDisk::fill() const {
  const int file = ::open((place_ / kStuffing).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) refuse("cannot make the file that fills the disk");
  // Synced, because ext4 gives blocks only when it writes them; then once more for what that left over.
  for (int round = 0; round < 3; ++round) {
    for (std::size_t piece = std::size_t{64} * 1024; piece > 0; piece /= 2) {
      const std::vector<char> stuff(piece, 's');
      while (::write(file, stuff.data(), stuff.size()) == static_cast<ssize_t>(stuff.size())) {
      }
      if (errno != ENOSPC) refuse("cannot fill the disk");
    }
    ::fsync(file);
  }
  ::close(file);
}

void SmallDisk::free() const {
  fs::remove(place_ / kStuffing);
}

void SmallDisk::remount(bool read_only) const {
  must_run({"mount", "-o", read_only ? "remount,ro" : "remount,rw", place_.string()});
}

void SmallDisk::turn_read_only() const {
  const fs::path device(must_run({"findmnt", "-n", "-o", "SOURCE", "--mountpoint", place_.string()}));
  std::ofstream trigger("/sys/fs/ext4/" + device.filename().string() + "/trigger_fs_error");
  trigger << "as a bad card would\n";
  trigger.close();
  if (!trigger) throw std::runtime_error("the kernel lets nobody make an error of " + device.string());
}

void SmallDisk::repair() {
  if (::umount2(place_.c_str(), MNT_DETACH) != 0) refuse("cannot unmount");
  // A copy: the old mount still has its own, as a card that was taken out.
  auto fresh = image_;
  fresh += ".new";
  fs::copy_file(image_, fresh, fs::copy_options::overwrite_existing);
  fs::rename(fresh, image_);
  constexpr int kErrorsCorrected = 1;
  must_run({"fsck.ext4", "-f", "-y", image_.string()}, kErrorsCorrected);
  mount();
}

}  // namespace xalink::test
