#pragma once
// Records for the outbox's tests, each with content that tells it from all others.

#include <cstdint>
#include <ostream>
#include <string>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/delivery.hpp"

namespace xalink {

inline Schema ping_to(const std::string& target) {
  return Schema{"network",
                "Ping/" + target,
                Lane::measurements,
                {{"RTT min", DataType::uint32, "us"},
                 {"RTT mean", DataType::uint32, "us"},
                 {"RTT max", DataType::uint32, "us"},
                 {"Jitter", DataType::uint32, "us"},
                 {"Sent", DataType::uint16, ""},
                 {"Received", DataType::uint16, ""},
                 {"Failure", DataType::string, ""}}};
}

inline Schema dossier() {
  return Schema{"dossiers",
                "Dossier",
                Lane::events,
                {{"Code", DataType::string, ""}, {"Submitted", DataType::date_time, ""}}};
}

inline Stamp stamp_at(std::int64_t ms, const std::string& boot = "5f0d6a0e-6a3c-4a0e-9d0e-2f1f6a3c4a0e") {
  return Stamp{WallTime(Milliseconds(1'790'000'000'000 + ms)), BootTime(60'000 + ms), boot,
               ClockQuality::synchronised};
}

inline Pending ping(std::uint64_t number, const std::string& target = "gateway") {
  const auto rtt = 20'000 + number % 5'000;
  return Pending{
      ping_to(target),
      Record{stamp_at(static_cast<std::int64_t>(number) * 1'000),
             {rtt - 900, rtt, rtt + 1'700, std::uint64_t{350}, std::uint64_t{5}, std::uint64_t{5}, {}}}};
}

inline Pending dossier_event(std::uint64_t number) {
  return Pending{dossier(),
                 Record{stamp_at(static_cast<std::int64_t>(number) * 1'000),
                        {"000.00.12.H36-" + std::to_string(number), std::uint64_t{1'790'000'000'000}}}};
}

inline void PrintTo(const Pending& pending, std::ostream* out) {
  *out << pending.schema.device << "/" << pending.schema.group;
  for (const auto& value : pending.record.values) *out << " " << to_text(value);
}

}  // namespace xalink
