#include "agent/outage.hpp"

#include <utility>

namespace xalink {
namespace {

std::uint64_t count_of(Milliseconds time) {
  return time < Milliseconds::zero() ? 0 : static_cast<std::uint64_t>(time.count());
}

Value text_or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

}  // namespace

std::string_view to_string(OutageEvent::Kind kind) {
  switch (kind) {
    case OutageEvent::Kind::begin: return "begin";
    case OutageEvent::Kind::cause: return "cause";
    case OutageEvent::Kind::end: return "end";
  }
  return "begin";
}

Record outage_record(const OutageEvent& event, Stamp stamp) {
  const Outage& outage = event.outage;
  auto lasted = event.lasted;
  if (!lasted && event.boot == outage.begin_boot) lasted = event.at - outage.begin;
  Record record;
  record.stamp = std::move(stamp);
  record.values = {outage.id,
                   std::string(to_string(event.kind)),
                   std::string(to_string(outage.cause)),
                   text_or_null(outage.subject),
                   std::string(to_string(outage.reached)),
                   outage.begin_boot,
                   count_of(outage.begin),
                   event.boot,
                   count_of(event.at),
                   count_of(event.at_earliest),
                   lasted ? Value(count_of(*lasted) / 1000) : Value(),
                   std::uint64_t{event.readings},
                   text_or_null(outage.evidence)};
  return record;
}

}  // namespace xalink
