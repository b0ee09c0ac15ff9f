#pragma once
// A dossier as its events tell it: what is sent is a log of states, in any order and late; all else is
// derived.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink::meaning {

/// As reported to the national portal (TrangThaiHoSo).
enum class DossierState : std::uint8_t {
  registered = 1,
  accepted = 2,
  refused = 3,
  in_progress = 4,
  supplement_requested = 5,
  payment_requested = 6,
  withdrawn = 7,
  stopped = 8,
  finished = 9,
  returned = 10,
};

/// Behind these a dossier rests, unless work on it begins again.
[[nodiscard]] bool ends(DossierState state);

/// One record of device "dossiers": the dossier as it stood when it came into a state.
struct DossierEvent {
  std::string site;  ///< node id of the board that reported it
  std::string code;
  std::string procedure;
  std::string agency;
  DossierState state = DossierState::registered;
  std::optional<WallTime> state_at;
  std::optional<WallTime> submitted;
  std::optional<WallTime> received;
  std::optional<WallTime> due;
  std::optional<WallTime> finished;
  std::optional<WallTime> returned;
  std::optional<std::uint8_t> channel;  ///< 1 direct, 2 online, 3 by post
  std::string level;
  std::optional<std::uint8_t> online_payment;  ///< 0 no, 1 national portal, 2 ministry or province
  std::optional<bool> fee;
  std::optional<bool> digitised;
  std::optional<std::uint8_t> supplement_requests;
  std::optional<bool> attachments;  ///< papers handed in are there as files
  std::optional<bool> result_file;  ///< there is a link to the result's file
  WallTime recorded{};              ///< when the board took it

  /// When the dossier came into this state: as told, else by the field that belongs to the state (submitted,
  /// received, finished, returned), else when the board took the event.
  [[nodiscard]] WallTime time() const;
  /// Whether time() is the source's word.
  [[nodiscard]] bool time_told() const;
  friend bool operator==(const DossierEvent&, const DossierEvent&) = default;
  friend auto operator<=>(const DossierEvent&, const DossierEvent&) = default;
};

/// One order for the same events, however they came: by time, of one moment by the state's number (days
/// without a time of the day tie all of a day), then by what was taken first. The same event told twice, by
/// whomever, stands once. States 2 and 9 that nobody reported stand where a later event tells their dates
/// (NgayTiepNhan; NgayKetThucXuLy with state 10) and nothing contradicts them.
[[nodiscard]] std::vector<DossierEvent> in_order(std::vector<DossierEvent> events);

struct StateStay {
  DossierState state = DossierState::registered;
  WallTime from{};
  std::optional<WallTime> until;  ///< nothing: it still is
  friend bool operator==(const StateStay&, const StateStay&) = default;
};

struct Supplement {
  WallTime requested{};
  std::optional<WallTime> completed;  ///< when the dossier left the state; nothing: it is awaited
  friend bool operator==(const Supplement&, const Supplement&) = default;
};

enum class EndedBy : std::uint8_t { finished, returned, stopped, refused, withdrawn };

enum class OnlineLevel : std::uint8_t { unknown, information, partial, full };
/// "toàn trình", "4", "mức độ 3", "DVC trực tuyến một phần".
[[nodiscard]] OnlineLevel online_level(std::string_view text);

struct Dossier {
  std::string code;
  std::string procedure;
  std::string agency;
  std::string site;                ///< of the event that was first
  std::vector<StateStay> history;  ///< a state that was told again while it held is one stay
  DossierState state = DossierState::registered;
  std::optional<WallTime> submitted;
  /// When it was accepted: NgayTiepNhan, else state 2. Nothing: it never was.
  std::optional<WallTime> accepted;
  /// Without either, acceptance is known by a later state alone and `accepted` is that state's time.
  bool accepted_by_later_state = false;
  std::optional<WallTime> first_due;
  std::optional<WallTime> due;        ///< as told last
  std::optional<WallTime> due_since;  ///< when that was told first
  int due_changes = 0;
  /// End of processing: state 9; without it 10; without it 8 or 3; 7 only of a dossier that had been
  /// accepted. A dossier that went back to work has not ended.
  std::optional<WallTime> ended;
  std::optional<EndedBy> ended_by;
  bool reopened = false;  ///< it went back to work after an end
  std::vector<Supplement> supplements;
  int supplement_requests = 0;  ///< stays in state 5, or what the source counts, if that is more
  std::optional<std::uint8_t> channel;
  OnlineLevel level = OnlineLevel::unknown;
  std::optional<std::uint8_t> online_payment;
  std::optional<bool> fee;
  std::optional<bool> digitised;
  std::optional<bool> attachments;
  std::optional<bool> result_file;

  [[nodiscard]] bool pending() const { return accepted.has_value() && !ended.has_value(); }
  /// From acceptance to end, without the citizen's time; not below 0. Nothing while either is not known.
  [[nodiscard]] std::optional<Milliseconds> processing() const;
  friend bool operator==(const Dossier&, const Dossier&) = default;
};

/// As it stood just before `as_of`; later events are not looked at. `ordered` is all of one dossier, by
/// in_order(). Nothing: it was not there yet.
[[nodiscard]] std::optional<Dossier> dossier_at(const std::vector<DossierEvent>& ordered, WallTime as_of);

/// How long the citizen was waited for between acceptance and `until`.
[[nodiscard]] Milliseconds citizens_time(const Dossier& dossier, const Supplement& supplement,
                                         WallTime until);

}  // namespace xalink::meaning
