#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/faults/disks/refusing_calls.hpp"

namespace xalink::test {

namespace fs = std::filesystem;

RefusingCalls::RefusingCalls(const fs::path& folder, fs::path switch_file)
    : switch_file_(std::move(switch_file)) {
  ::setenv("LD_PRELOAD", XALINK_REFUSING_CALLS, 1);
  ::setenv("XALINK_REFUSE_BELOW", folder.c_str(), 1);
  ::setenv("XALINK_REFUSE_WHEN", switch_file_.c_str(), 1);
}

RefusingCalls::~RefusingCalls() {
  for (const char* name : {"LD_PRELOAD", "XALINK_REFUSE_BELOW", "XALINK_REFUSE_WHEN"}) ::unsetenv(name);
}

void RefusingCalls::refuse(int error) const {
  // There at once with its content.
  auto part = switch_file_;
  part += ".part";
  std::ofstream out(part, std::ios::trunc);
  out << error;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + part.string());
  fs::rename(part, switch_file_);
}

void RefusingCalls::heal() const {
  fs::remove(switch_file_);
}

}  // namespace xalink::test
