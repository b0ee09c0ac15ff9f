#pragma once
// What was true beside what was recorded.

#include <string>
#include <utility>
#include <vector>

#include "tests/faults/ladder/outage_story.hpp"

namespace xalink::test {

/// What a test broke, and what had to be missed for it; nothing: no outage.
struct Truth {
  std::string name;
  std::vector<Missing> missing;
};

/// Each cause that was true beside the recorded one, times as what was recorded minus the truth; then what
/// was recorded and never happened.
class TruthTable {
 public:
  /// `within`: how far a recorded time may be off.
  TruthTable(const std::vector<Truth>& truths, const std::vector<Missing>& recorded, Milliseconds within);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// In words; empty when all is as it was.
  [[nodiscard]] const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  void add(const std::string& name, const Missing& truth, const Missing* recorded, Milliseconds within);
  void add_line(const std::string& name, const std::string& truth, const std::string& verdict,
                const std::string& begin, const std::string& end, const std::string& evidence);

  std::string text_;
  std::vector<std::string> mistakes_;
};

}  // namespace xalink::test
