#include "gateway/meaning/dossier.hpp"

#include <algorithm>
#include <tuple>

#include "sparkplug/text_form.hpp"

namespace xalink::meaning {

bool ends(DossierState state) {
  return state == DossierState::refused || state == DossierState::withdrawn ||
         state == DossierState::stopped || state == DossierState::finished || state == DossierState::returned;
}

namespace {

bool shows_acceptance(DossierState state) {
  return state == DossierState::accepted || state == DossierState::in_progress ||
         state == DossierState::supplement_requested || state == DossierState::payment_requested ||
         state == DossierState::finished || state == DossierState::returned;
}

/// The source's word for when this state began.
std::optional<WallTime> told_time(const DossierEvent& event) {
  if (event.state_at) return event.state_at;
  switch (event.state) {
    case DossierState::registered: return event.submitted;
    case DossierState::accepted: return event.received;
    case DossierState::finished: return event.finished;
    case DossierState::returned: return event.returned;
    default: return std::nullopt;
  }
}

template <class T>
void keep_last(std::optional<T>& kept, const std::optional<T>& told) {
  if (told) kept = told;
}
void keep_last(std::string& kept, const std::string& told) {
  if (!told.empty()) kept = told;
}

void take_fields(Dossier& dossier, const DossierEvent& event) {
  keep_last(dossier.procedure, event.procedure);
  keep_last(dossier.agency, event.agency);
  keep_last(dossier.submitted, event.submitted);
  keep_last(dossier.channel, event.channel);
  keep_last(dossier.online_payment, event.online_payment);
  keep_last(dossier.fee, event.fee);
  keep_last(dossier.digitised, event.digitised);
  keep_last(dossier.attachments, event.attachments);
  keep_last(dossier.result_file, event.result_file);
  if (!event.level.empty()) dossier.level = online_level(event.level);
  dossier.supplement_requests =
      std::max(dossier.supplement_requests, static_cast<int>(event.supplement_requests.value_or(0)));
  if (!event.due || event.due == dossier.due) return;
  if (dossier.due) ++dossier.due_changes;
  if (!dossier.first_due) dossier.first_due = event.due;
  dossier.due = event.due;
  dossier.due_since = event.time();
}

void take_state(Dossier& dossier, const DossierEvent& event) {
  dossier.state = event.state;
  if (!dossier.history.empty()) {
    if (dossier.history.back().state == event.state) return;
    dossier.history.back().until = event.time();
  }
  dossier.history.push_back({event.state, event.time(), std::nullopt});
}

void derive_acceptance(Dossier& dossier, const std::optional<WallTime>& received) {
  dossier.accepted = received;
  if (dossier.accepted) return;
  const auto first = [&](auto wanted) {
    return std::ranges::find_if(dossier.history, [&](const StateStay& stay) { return wanted(stay.state); });
  };
  auto stay = first([](DossierState state) { return state == DossierState::accepted; });
  if (stay == dossier.history.end()) {
    stay = first(shows_acceptance);
    dossier.accepted_by_later_state = stay != dossier.history.end();
  }
  if (stay != dossier.history.end()) dossier.accepted = stay->from;
}

void derive_supplements(Dossier& dossier) {
  for (const auto& stay : dossier.history) {
    if (stay.state == DossierState::supplement_requested)
      dossier.supplements.push_back({stay.from, stay.until});
  }
  dossier.supplement_requests =
      std::max(dossier.supplement_requests, static_cast<int>(dossier.supplements.size()));
}

void derive_end(Dossier& dossier) {
  // Only the stays after the last work count: whoever went back to work has not ended.
  auto begin = dossier.history.end();
  while (begin != dossier.history.begin() && ends(std::prev(begin)->state)) --begin;
  dossier.reopened = std::any_of(dossier.history.begin(), begin, [&](const StateStay& stay) {
    return ends(stay.state) && (stay.state != DossierState::withdrawn || dossier.accepted);
  });
  const auto first = [&](DossierState state) {
    return std::find_if(begin, dossier.history.end(),
                        [&](const StateStay& stay) { return stay.state == state; });
  };
  const auto end_by = [&](EndedBy by, WallTime when) {
    dossier.ended = when;
    dossier.ended_by = by;
  };
  const auto none = dossier.history.end();
  if (const auto stay = first(DossierState::finished); stay != none)
    return end_by(EndedBy::finished, stay->from);
  if (const auto stay = first(DossierState::returned); stay != none)
    return end_by(EndedBy::returned, stay->from);
  const auto stopped = first(DossierState::stopped);
  const auto refused = first(DossierState::refused);
  if (stopped != none || refused != none) {
    const bool by_stop = refused == none || (stopped != none && stopped < refused);
    return by_stop ? end_by(EndedBy::stopped, stopped->from) : end_by(EndedBy::refused, refused->from);
  }
  const auto withdrawn = first(DossierState::withdrawn);
  if (withdrawn != none && dossier.accepted) end_by(EndedBy::withdrawn, withdrawn->from);
}

/// What an event says, whoever took it whenever.
auto content(const DossierEvent& event) {
  return std::tie(event.code, event.procedure, event.agency, event.state, event.state_at, event.submitted,
                  event.received, event.due, event.finished, event.returned, event.channel, event.level,
                  event.online_payment, event.fee, event.digitised, event.supplement_requests,
                  event.attachments, event.result_file);
}

bool comes_before(const DossierEvent& a, const DossierEvent& b) {
  const auto rank = [](const DossierEvent& event) {
    return std::tuple(event.time(), event.state, event.recorded);
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
}

/// What the source tells afterwards in a field is a state that came to pass then.
DossierEvent as_state(DossierEvent event, DossierState state, WallTime when) {
  event.state = state;
  event.state_at = when;
  event.supplement_requests.reset();  // counted later
  return event;
}

/// Whoever begins to report in the middle of a dossier's life tells when it was accepted all the same.
void add_told_acceptance(std::vector<DossierEvent>& ordered) {
  const auto tells =
      std::ranges::find_if(ordered, [](const DossierEvent& event) { return event.received.has_value(); });
  if (tells == ordered.end()) return;
  const WallTime received = *tells->received;
  for (const auto& event : ordered) {
    if (event.state == DossierState::accepted) return;
    // It contradicts what had been done by then: no state is made up for it.
    if (event.state != DossierState::registered && event.time() < received) return;
  }
  const auto place = std::ranges::find_if(ordered, [&](const DossierEvent& event) {
    return event.time() > received || (event.time() == received && event.state > DossierState::accepted);
  });
  ordered.insert(place, as_state(*tells, DossierState::accepted, received));
}

/// State 9 that is missing, where its date stands with state 10.
void add_told_ends(std::vector<DossierEvent>& ordered) {
  WallTime work{};  // the last time that it was at work
  bool finished = false;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const DossierEvent& event = ordered[i];
    if (!ends(event.state)) {
      work = event.time();
      finished = false;
      continue;
    }
    finished = finished || event.state == DossierState::finished;
    if (event.state != DossierState::returned || finished || !event.finished) continue;
    const WallTime end = *event.finished;
    // The date of an earlier end, before the dossier went back to work, is none of this one.
    if (end < work || end > event.time()) continue;
    auto made = as_state(event, DossierState::finished, end);
    auto place = ordered.begin() + static_cast<std::ptrdiff_t>(i);
    while (place != ordered.begin() && std::prev(place)->time() > end) --place;
    ordered.insert(place, std::move(made));
    finished = true;
    ++i;
  }
}

}  // namespace

WallTime DossierEvent::time() const {
  return told_time(*this).value_or(recorded);
}
bool DossierEvent::time_told() const {
  return told_time(*this).has_value();
}

std::vector<DossierEvent> in_order(std::vector<DossierEvent> events) {
  std::ranges::sort(events, comes_before);
  // Without a time of its own an event is the same only when it was taken at the same moment: a dossier may
  // come back into a state.
  std::vector<DossierEvent> kept;
  for (auto& event : events) {
    bool again = false;
    for (auto other = kept.rbegin(); other != kept.rend() && !again && other->time() == event.time();
         ++other) {
      again = content(*other) == content(event);
    }
    if (!again) kept.push_back(std::move(event));
  }
  add_told_acceptance(kept);
  add_told_ends(kept);
  std::ranges::sort(kept, comes_before);
  return kept;
}

OnlineLevel online_level(std::string_view text) {
  const std::string word = folded(text);
  const auto holds = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  if (holds("toàn trình") || word == "full") return OnlineLevel::full;
  if (holds("một phần") || word == "partial") return OnlineLevel::partial;
  if (holds("cung cấp thông tin") || word == "information") return OnlineLevel::information;
  const auto digit = word.find_first_of("0123456789");
  if (digit == std::string::npos || word.find_first_of("0123456789", digit + 1) != std::string::npos) {
    return OnlineLevel::unknown;
  }
  if (word.size() > 1 && !holds("mức") && !holds("level")) return OnlineLevel::unknown;
  switch (word[digit]) {
    case '1':
    case '2': return OnlineLevel::information;
    case '3': return OnlineLevel::partial;
    case '4': return OnlineLevel::full;
    default: return OnlineLevel::unknown;
  }
}

std::optional<Dossier> dossier_at(const std::vector<DossierEvent>& ordered, WallTime as_of) {
  std::optional<Dossier> made;
  std::optional<WallTime> received;
  for (const auto& event : ordered) {
    if (event.time() >= as_of) break;
    if (!made) {
      made.emplace();
      made->code = event.code;
      made->site = event.site;
    }
    take_fields(*made, event);
    take_state(*made, event);
    keep_last(received, event.received);
  }
  if (!made) return made;
  derive_acceptance(*made, received);
  derive_supplements(*made);
  derive_end(*made);
  return made;
}

Milliseconds citizens_time(const Dossier& dossier, const Supplement& supplement, WallTime until) {
  const WallTime from = std::max(supplement.requested, dossier.accepted.value_or(supplement.requested));
  const WallTime to = std::min(supplement.completed.value_or(until), until);
  return std::max(to - from, Milliseconds(0));
}

std::optional<Milliseconds> Dossier::processing() const {
  if (!accepted || accepted_by_later_state || !ended) return std::nullopt;
  Milliseconds time = *ended - *accepted;
  for (const auto& supplement : supplements) time -= citizens_time(*this, supplement, *ended);
  return std::max(time, Milliseconds(0));
}

}  // namespace xalink::meaning
