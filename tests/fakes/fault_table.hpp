#pragma once
// What a fault test measured, for people: `tests/run.sh faults` prints all tables after the tests.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace xalink::test {

/// Prints `text` and, when XALINK_FAULT_TABLES names a folder, leaves it there as <name>.txt.
inline void print_table(const std::string& name, const std::string& text) {
  std::cout << text << std::endl;
  const char* folder = std::getenv("XALINK_FAULT_TABLES");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (folder == nullptr) return;
  std::filesystem::create_directories(folder);
  std::ofstream(std::filesystem::path(folder) / (name + ".txt"), std::ios::trunc) << text << "\n";
}

}  // namespace xalink::test
