#pragma once
// Sparkplug 3.0's normative statements, by their ids, as checks of a capture. The ids are the
// specification's "tck-id-..." without that prefix; what they say stands there.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/capture_story.hpp"

namespace xalink::test {

struct Verdict {
  enum class Kind : std::uint8_t { pass, fail, not_exercised } kind = Kind::not_exercised;
  std::string evidence;  ///< how much was looked at, or the first thing that is wrong
};

struct NormativeCheck {
  std::vector<std::string_view> ids;
  std::function<Verdict(const CaptureStory&)> judge;
};

[[nodiscard]] std::vector<NormativeCheck> edge_node_checks();
[[nodiscard]] std::vector<NormativeCheck> host_application_checks();

/// Judges all checks and prints one line for each id: id, verdict, evidence. Returns the ids that failed.
[[nodiscard]] std::vector<std::string> judge_all(std::string_view title,
                                                 const std::vector<NormativeCheck>& checks,
                                                 const CaptureStory& story);

/// Counts what it looked at and keeps the first objection.
class Findings {
 public:
  /// `holds` of one more thing; `otherwise` says what is wrong with it.
  void expect(bool holds, const std::string& otherwise) {
    ++seen_;
    if (!holds && objection_.empty()) objection_ = otherwise;
  }
  [[nodiscard]] Verdict verdict(std::string_view what) const;

 private:
  std::size_t seen_ = 0;
  std::string objection_;
};

/// A check over each message of these types that nodes (or hosts) sent. Gives what is wrong, or nothing.
using MessageRule = std::function<std::string(const WireSession&, const Reading&)>;
[[nodiscard]] std::function<Verdict(const CaptureStory&)> each_sent(
    std::vector<WireSession> CaptureStory::*who, std::vector<MessageType> types, MessageRule rule);

/// A check over each session. Adds to the findings.
using SessionRule = std::function<void(const WireSession&, Findings&)>;
[[nodiscard]] std::function<Verdict(const CaptureStory&)> each_session(
    std::vector<WireSession> CaptureStory::*who, std::string what, SessionRule rule);

}  // namespace xalink::test
