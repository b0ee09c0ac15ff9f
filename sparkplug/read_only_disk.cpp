#include "sparkplug/read_only_disk.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace xalink {

bool gave_up_writing(std::string_view mountinfo, unsigned major, unsigned minor) {
  const std::string device = " " + std::to_string(major) + ":" + std::to_string(minor) + " ";
  while (!mountinfo.empty()) {
    const auto end = std::min(mountinfo.find('\n'), mountinfo.size());
    const auto line = mountinfo.substr(0, end);
    mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
    const auto rest = line.find(" - ");
    if (rest == std::string_view::npos || line.substr(0, rest).find(device) == std::string_view::npos)
      continue;
    const std::string options = "," + std::string(line.substr(line.rfind(' ') + 1)) + ",";
    for (const char* word : {",emergency_ro,", ",shutdown,"}) {
      if (options.find(word) != std::string::npos) return true;
    }
  }
  return false;
}

bool is_on_read_only_disk(const std::filesystem::path& path) {
  struct statvfs about {};
  if (::statvfs(path.c_str(), &about) == 0 && (about.f_flag & ST_RDONLY) != 0) return true;
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return false;
  std::ifstream mounts("/proc/self/mountinfo");
  const std::string text{std::istreambuf_iterator<char>(mounts), std::istreambuf_iterator<char>()};
  return gave_up_writing(text, major(file.st_dev), minor(file.st_dev));
}

}  // namespace xalink
