#include "tests/bench/loop_disk.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace xalink::bench {
namespace {

constexpr std::uint64_t kSector = 512;  // unit of /sys/block/*/stat, whatever the device has

std::string output_of(const std::string& command) {
  std::string text;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::array<char, 256> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) text += part.data();
  if (::pclose(pipe) != 0) throw std::runtime_error(command + " failed: the wear benchmark needs root");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

LoopDisk::LoopDisk(const std::filesystem::path& folder, std::uint64_t bytes)
    : image_(folder / "disk.img"), mount_point_(folder / "disk") {
  std::filesystem::create_directories(mount_point_);
  std::ofstream(image_, std::ios::trunc).close();
  std::filesystem::resize_file(image_, bytes);
  // All tables written now: later the kernel would do it in the background, into our count.
  output_of("mkfs.ext4 -q -b 4096 -E lazy_itable_init=0,lazy_journal_init=0 " + image_.string() + " 2>&1");
  device_ = output_of("losetup --find --show " + image_.string());
  if (::mount(device_.c_str(), mount_point_.c_str(), "ext4", 0, "") != 0) {
    output_of("losetup --detach " + device_);
    throw std::runtime_error("cannot mount " + device_ + ": the wear benchmark needs root");
  }
  mounted_ = true;
}

LoopDisk::~LoopDisk() {
  if (mounted_) ::umount2(mount_point_.c_str(), 0);
  const std::string detach = "losetup --detach " + device_;
  if (std::system(detach.c_str()) != 0) std::fprintf(stderr, "%s failed\n", detach.c_str());
  std::error_code ignored;
  std::filesystem::remove(image_, ignored);
}

LoopDisk::Traffic LoopDisk::traffic() const {
  write_back(mount_point_);
  std::ifstream stat("/sys/block/" + std::filesystem::path(device_).filename().string() + "/stat");
  std::array<std::uint64_t, 17> fields{};
  for (auto& field : fields) stat >> field;
  constexpr std::size_t kSectorsWritten = 6;
  constexpr std::size_t kFlushes = 15;
  return {fields[kSectorsWritten] * kSector, fields[kFlushes]};
}

void commit_journal(const std::filesystem::path& folder) {
  // A folder of many files that come and go is what changed; a few files change themselves.
  constexpr std::size_t kFewFiles = 20;
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> changed{folder};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    (entry.is_directory() ? changed : files).push_back(entry.path());
  }
  if (files.size() <= kFewFiles) changed.insert(changed.end(), files.begin(), files.end());
  for (const auto& path : changed) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;  // deleted meanwhile
    // Not by libc's function: that one counts what the measured program asks for.
    ::syscall(SYS_fsync, descriptor);
    ::close(descriptor);
  }
}

void write_back(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || ::syncfs(descriptor) != 0)
    throw std::runtime_error("cannot write back " + folder.string());
  ::close(descriptor);
}

}  // namespace xalink::bench
