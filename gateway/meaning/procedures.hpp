#pragma once
// What is known of administrative procedures: their legal time limits and how far they go online.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/dossier.hpp"
#include "gateway/meaning/work_calendar.hpp"
#include "gateway/registry/entry.hpp"

namespace xalink::meaning {

struct Procedure {
  std::string code;
  std::string name;
  registry::Period valid;
  std::optional<TimeLimit> limit;
  OnlineLevel online = OnlineLevel::unknown;
};

/// Thread-safety: immutable after it is made.
class Procedures {
 public:
  Procedures() = default;
  /// Of rows in kept form without errors; only those of `procedures` are looked at.
  explicit Procedures(const std::vector<registry::Entry>& entries);

  /// By its whole code ("3.000181.000.00.00.H22"), else by its national part ("3.000181"). Null: not known.
  [[nodiscard]] const Procedure* find(std::string_view code, Date day) const;

 private:
  std::map<std::string, std::vector<Procedure>, std::less<>> procedures_;
};

}  // namespace xalink::meaning
