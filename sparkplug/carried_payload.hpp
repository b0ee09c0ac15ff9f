#pragma once
// Header, footer and acknowledgement of carried files as Sparkplug payloads: a few named metrics.

#include <cstdint>
#include <string>
#include <string_view>

#include "sparkplug/payload.hpp"

namespace xalink {

/// Writes and finds metrics by name; what is not there, or of another kind, reads as empty or 0. Metrics
/// that nobody asks for are for newer programs.
class CarriedPayload {
 public:
  CarriedPayload() = default;
  /// What cannot be decoded is an error without a place.
  [[nodiscard]] static Result<CarriedPayload> decoded(std::string_view bytes);
  [[nodiscard]] std::string encoded() const { return encode(payload_); }

  void put(std::string_view name, std::string text) { put(name, DataType::string, std::move(text)); }
  void put(std::string_view name, std::uint64_t number) { put(name, DataType::uint64, number); }
  void put_bytes(std::string_view name, std::string bytes) {
    put(name, DataType::bytes, Bytes{std::move(bytes)});
  }
  void put_time(std::string_view name, std::uint64_t ms) { put(name, DataType::date_time, ms); }

  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string bytes(std::string_view name) const;
  [[nodiscard]] std::uint64_t number(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
  void put(std::string_view name, DataType type, MetricValue value);
  [[nodiscard]] const Metric* find(std::string_view name) const;

  Payload payload_;
};

}  // namespace xalink
