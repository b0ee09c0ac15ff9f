#include "gateway/admission.hpp"

#include <algorithm>
#include <utility>

namespace xalink {
namespace {

constexpr double kMinutesOfSetAside = 1;
constexpr double kMinutesOfBirths = 1;
// After its NBIRTH a node says one DBIRTH for each device. By default a thousand, which is the most that a
// node may have, are within what may come at once.
constexpr double kDevicesOfABirth = 50;
constexpr double kShareOfStrangers = 4;
constexpr Duration kTellEvery = std::chrono::seconds(1);
constexpr std::size_t kMostBoards = 50'000;

bool is_free(std::string_view type) {
  return type == "NDEATH" || type == "NCMD" || type == "DCMD";
}

std::string too_many_messages(double rate) {
  return "more than " + std::to_string(static_cast<std::uint64_t>(rate)) +
         " messages a second ([limits] messages_per_second)";
}

}  // namespace

MessageClass class_of_message(std::string_view topic) {
  const auto owner = owner_of(topic);
  const bool state = topic.find("/STATE/") != std::string_view::npos;
  if (!owner) return {0, state, !state};
  const std::hash<std::string_view> hash;
  return {hash(owner->group) * 31 + hash(owner->node), owner->type == "NBIRTH" || owner->type == "NDEATH",
          !is_free(owner->type) && owner->type != "NBIRTH"};
}

NodeId Admission::name_of(std::string_view topic) const {
  const auto owner = owner_of(topic);
  if (!owner) return {};
  NodeId name{std::string(owner->group), std::string(owner->node)};
  return knows_(name) ? name : NodeId{};
}

Admission::Board& Admission::board_of(const NodeId& name) {
  if (boards_.size() > kMostBoards) boards_.clear();
  return boards_[name];
}

fact::Curbed& Admission::account_of(const NodeId& name) {
  auto& account = account_[name];
  account.node = name;
  return account;
}

bool Admission::admits(std::string_view topic, SteadyTime now) {
  const auto owner = owner_of(topic);
  if (!owner || is_free(owner->type)) return true;
  const auto name = name_of(topic);
  const double rate = limits_.messages_per_second * (name == NodeId{} ? kShareOfStrangers : 1);
  auto& board = board_of(name);
  if (!board.messages.take(rate, std::max(1.0, rate * kSecondsOfMessages), now)) {
    auto& account = account_of(name);
    ++account.limited;
    account.reason = too_many_messages(rate);
    return false;
  }
  if (name == NodeId{} || may_be_born(board, owner->type, now)) return true;
  auto& account = account_of(name);
  ++account.limited;
  account.reason = "more than " + std::to_string(static_cast<std::uint64_t>(limits_.births_per_minute)) +
                   " births a minute ([limits] births_per_minute)";
  return false;
}

bool Admission::may_be_born(Board& board, std::string_view type, SteadyTime now) const {
  const bool of_device = type == "DBIRTH";
  if (!of_device && type != "NBIRTH") return true;
  const double a_minute = limits_.births_per_minute * (of_device ? kDevicesOfABirth : 1);
  auto& bucket = of_device ? board.device_births : board.births;
  return bucket.take(a_minute / 60, std::max(1.0, a_minute * kMinutesOfBirths), now);
}

bool Admission::keeps(const fact::SetAside& message, SteadyTime now) {
  const auto name = name_of(message.topic);
  const double rate = limits_.set_aside_per_minute / 60 * (name == NodeId{} ? kShareOfStrangers : 1);
  if (board_of(name).set_aside.take(rate, std::max(1.0, rate * 60 * kMinutesOfSetAside), now)) return true;
  auto& account = account_of(name);
  ++account.set_aside;
  account.reason = message.reason;
  return false;
}

void Admission::note_dropped(const DroppedMessages& dropped) {
  auto& account = account_of(name_of(dropped.topic));
  account.limited += dropped.no_room + dropped.too_many;
  account.reason = dropped.too_many > 0 ? too_many_messages(limits_.messages_per_second)
                                        : "messages came faster than they could be taken in";
}

void Admission::note_refused(const NodeId& board, std::uint64_t records, std::uint64_t others) {
  auto& account = account_of(knows_(board) ? board : NodeId{});
  account.refused += records;
  account.lost += others;
  account.reason = "no room before the store: it is slow or refuses, or this board sends too much";
}

std::optional<SteadyTime> Admission::due() const {
  if (account_.empty()) return std::nullopt;
  return told_at_ + kTellEvery;
}

std::vector<fact::Curbed> Admission::take(Now now) {
  std::vector<fact::Curbed> told;
  told.reserve(account_.size());
  for (auto& [name, account] : account_) {
    account.at = now.wall;
    told.push_back(std::move(account));
  }
  account_.clear();
  told_at_ = now.steady;
  return told;
}

}  // namespace xalink
