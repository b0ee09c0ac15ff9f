#include "tests/bench/table.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <thread>

namespace xalink::bench {

std::string grouped(double number) {
  std::string digits = std::to_string(std::llround(number));
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string fixed(double number, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << number;
  return out.str();
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

std::string table(const std::vector<Line>& lines) {
  std::array<std::size_t, 3> widths{};
  for (const auto& line : lines) {
    widths[0] = std::max(widths[0], line.what.size());
    widths[1] = std::max(widths[1], line.measured.size());
    widths[2] = std::max(widths[2], line.limit.size());
  }
  std::ostringstream out;
  for (const auto& line : lines) {
    std::ostringstream row;
    row << std::left << std::setw(static_cast<int>(widths[0])) << line.what << "  " << std::right
        << std::setw(static_cast<int>(widths[1])) << line.measured << "  " << std::left
        << std::setw(static_cast<int>(widths[2])) << line.limit << "  " << std::setw(7) << line.verdict
        << "  " << line.note;
    std::string text = row.str();
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << "\n";
  }
  return out.str();
}

std::string machine() {
  std::ifstream info("/proc/cpuinfo");
  std::string model = "unknown processor";
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(line.find(':') + 2);
    break;
  }
  utsname kernel{};
  ::uname(&kernel);
  const double pages = static_cast<double>(::sysconf(_SC_PHYS_PAGES));
  const double gib = pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1U << 30U);
  return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " processors, " +
         fixed(gib, 0) + " GiB, " + kernel.sysname + " " + kernel.release + " " + kernel.machine;
}

}  // namespace xalink::bench
