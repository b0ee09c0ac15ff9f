#include "tests/faults/links/link_table.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "tests/fakes/fault_table.hpp"

namespace xalink::test {
namespace {

constexpr const char* kHeading =
    "Links as they are: a backlog drained by xalink-agent to xalink-gateway through Mosquitto.\n"
    "records: topic and payload of messages whose rows came for the first time; present: of values told as\n"
    "they were measured, ahead of the backlog; both are payload. sent: counted at the board's interface, "
    "with\n"
    "Ethernet, IP and TCP headers, births, acknowledgements and whatever TCP sent again. ratio: sent to\n"
    "payload.\n"
    "road                                     records present repeated  births    sent received  ratio  drain"
    "  ideal sessions  live worst\n"
    "                                              kB      kB       kB      kB      kB       kB             s"
    "      s              s     s\n";

std::string line_of(const LinkFigures& it) {
  char line[256];
  std::snprintf(line, sizeof(line),
                "%-40s %7.1f %7.1f %8.1f %7.1f %7.1f %8.1f %6.2f %6.1f %6.1f %8llu %5.1f %5.1f",
                it.road.c_str(), it.records_kb, it.present_kb, it.repeated_kb, it.births_kb, it.sent_kb,
                it.received_kb, it.ratio(), it.drain_seconds, it.ideal_seconds,
                static_cast<unsigned long long>(it.sessions), it.live_seconds, it.worst_seconds);
  return line;
}

/// Held by one process at a time while it writes the table.
class TableLock {
 public:
  explicit TableLock(const std::filesystem::path& file)
      : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    ::flock(file_, LOCK_EX);
  }
  ~TableLock() { ::close(file_); }
  TableLock(const TableLock&) = delete;
  TableLock& operator=(const TableLock&) = delete;

 private:
  int file_;
};

}  // namespace

void add_row(const LinkFigures& figures) {
  const auto line = line_of(figures);
  const char* folder = std::getenv("XALINK_FAULT_TABLES");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (folder == nullptr) {
    std::cout << kHeading << line << std::endl;
    return;
  }
  const auto rows = std::filesystem::path(folder) / "links.rows";
  std::filesystem::create_directories(rows);
  const TableLock lock(rows / "lock");
  std::string name = figures.road;
  std::replace(name.begin(), name.end(), '/', '-');
  std::ofstream(rows / (name + ".row"), std::ios::trunc) << line << "\n";
  std::map<std::string, std::string> sorted;
  for (const auto& entry : std::filesystem::directory_iterator(rows)) {
    if (entry.path().extension() != ".row") continue;
    std::ifstream in(entry.path());
    std::getline(in, sorted[entry.path().filename()]);
  }
  std::string text = kHeading;
  for (const auto& [file, row] : sorted) text += row + "\n";
  print_table("links", text);
}

}  // namespace xalink::test
