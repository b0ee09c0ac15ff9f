#include "tests/integration/conformance.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

namespace xalink::test {

Verdict Findings::verdict(std::string_view what) const {
  if (!objection_.empty()) return {Verdict::Kind::fail, objection_};
  if (seen_ == 0) return {Verdict::Kind::not_exercised, "no " + std::string(what)};
  return {Verdict::Kind::pass, std::to_string(seen_) + " " + std::string(what)};
}

std::function<Verdict(const CaptureStory&)> each_sent(std::vector<WireSession> CaptureStory::*who,
                                                      std::vector<MessageType> types, MessageRule rule) {
  return [who, types = std::move(types), rule = std::move(rule)](const CaptureStory& story) {
    Findings findings;
    std::string what;
    for (const auto type : types) what += (what.empty() ? "" : ", ") + std::string(to_string(type));
    for (const auto& session : story.*who) {
      for (const auto& step : session.steps) {
        const auto* reading = step.sent();
        if (reading == nullptr || !reading->topic) continue;
        if (std::find(types.begin(), types.end(), reading->topic->type) == types.end()) continue;
        const std::string wrong = rule(session, *reading);
        findings.expect(wrong.empty(), reading->message.topic + ": " + wrong);
      }
    }
    return findings.verdict(what);
  };
}

std::function<Verdict(const CaptureStory&)> each_session(std::vector<WireSession> CaptureStory::*who,
                                                         std::string what, SessionRule rule) {
  return [who, what = std::move(what), rule = std::move(rule)](const CaptureStory& story) {
    Findings findings;
    for (const auto& session : story.*who) rule(session, findings);
    return findings.verdict(what);
  };
}

std::vector<std::string> judge_all(std::string_view title, const std::vector<NormativeCheck>& checks,
                                   const CaptureStory& story) {
  std::vector<std::string> failed;
  std::map<Verdict::Kind, int> counts;
  std::printf("\nSparkplug 3.0, %s\n", std::string(title).c_str());
  for (const auto& check : checks) {
    const Verdict verdict = check.judge(story);
    const char* word = verdict.kind == Verdict::Kind::pass   ? "pass"
                       : verdict.kind == Verdict::Kind::fail ? "FAIL"
                                                             : "not exercised";
    for (const auto id : check.ids) {
      ++counts[verdict.kind];
      std::printf("  %-82s %-13s %s\n", std::string(id).c_str(), word, verdict.evidence.c_str());
      if (verdict.kind == Verdict::Kind::fail) failed.push_back(std::string(id) + ": " + verdict.evidence);
    }
  }
  std::printf("%s: %d pass, %d fail, %d not exercised\n", std::string(title).c_str(),
              counts[Verdict::Kind::pass], counts[Verdict::Kind::fail], counts[Verdict::Kind::not_exercised]);
  return failed;
}

}  // namespace xalink::test
