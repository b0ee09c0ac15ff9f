#pragma once
// The one table that a bench prints.

#include <string>
#include <vector>

namespace xalink::bench {

/// "1,234,567".
[[nodiscard]] std::string grouped(double number);
/// With so many decimals.
[[nodiscard]] std::string fixed(double number, int decimals);
[[nodiscard]] double median(std::vector<double> numbers);

struct Line {
  std::string what;
  std::string measured;
  std::string limit;    ///< empty: none
  std::string verdict;  ///< PASS or FAIL; empty without a limit
  std::string note;
};

[[nodiscard]] std::string table(const std::vector<Line>& lines);
/// "CPU model, N processors, kernel, memory".
[[nodiscard]] std::string machine();

}  // namespace xalink::bench
