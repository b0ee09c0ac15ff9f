#pragma once
// Events of a dossier, written as short as a table of them reads.

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "gateway/meaning/dossier.hpp"
#include "tests/gateway/meaning/shipped_tables.hpp"

namespace xalink::meaning {

/// "2 2024-09-16 09:00": into state 2 then. What all events of the dossier tell comes from `like`.
inline DossierEvent event(const std::string& text, DossierEvent like = {}) {
  const auto blank = text.find(' ');
  like.state = static_cast<DossierState>(std::stoi(text.substr(0, blank)));
  like.state_at = at(text.substr(blank + 1));
  like.recorded = *like.state_at;
  if (like.code.empty()) like.code = "H22.58.12-240916-0001";
  if (like.site.empty()) like.site = "lung-cu";
  return like;
}

inline std::vector<DossierEvent> log_of(std::initializer_list<const char*> states,
                                        const DossierEvent& like = {}) {
  std::vector<DossierEvent> events;
  for (const char* state : states) events.push_back(event(state, like));
  return events;
}

inline DossierEvent due_on(const std::string& due) {
  DossierEvent like;
  like.due = at(due);
  return like;
}

}  // namespace xalink::meaning
