#pragma once
// An office whose network is broken by a script, and the probes that look at it second by second.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/outage_watch.hpp"

namespace xalink::test {

/// The slowest ordinary probe is asked every 60 s; from then on every 10 s.
inline constexpr Milliseconds kFirstSeenWithin = std::chrono::seconds(61);
inline constexpr Milliseconds kSeenAgainWithin = std::chrono::seconds(11);

inline void expect_between(const OutageEvent& event, BootTime truth, Milliseconds within) {
  EXPECT_GE(event.at, truth);
  EXPECT_LE(event.at - truth, within);
  EXPECT_LE(event.at_earliest, truth);
  EXPECT_LE(event.at_earliest, event.at);
}

/// "begin dns 3660": in which second of the boot.
[[nodiscard]] inline std::string told_with_time(const OutageEvent& event) {
  return std::string(to_string(event.kind)) + " " + std::string(to_string(event.outage.cause)) + " " +
         std::to_string(event.at.count() / 1000);
}

/// Adds what the watch tells to `told`.
inline void take_told(OutageWatch& watch, std::vector<std::string>& told) {
  while (const auto news = watch.take_news()) {
    for (const auto& event : news->events) told.push_back(told_with_time(event));
  }
}

/// Its witness has got all that it asks for.
[[nodiscard]] inline Verdict good_of(const Witness& witness) {
  Verdict verdict;
  verdict.good = true;
  verdict.proves = witness.asks;
  return verdict;
}

/// What is true. A simulation: probes answer at once, and a rung needs those below it.
struct OfficeTruth {
  bool has_modem = true;  ///< else its probe has nothing to record
  bool modem = true;      ///< it works; what leaves the office goes through it where `over_modem`
  bool over_modem = false;
  bool modem_at_fault = false;  ///< it says so itself, in time
  bool link = true;
  bool hop = true;
  bool internet = true;
  bool dns = true;
  bool gateway = true;
  bool mains = true;
  bool icmp = true;         ///< echo requests beyond the next hop are answered
  bool hop_answers = true;  ///< the next hop answers echo requests
  bool poisoned = false;    ///< the DNS gives wrong addresses
  bool login = false;       ///< somebody in between takes every connection and wants a login
  bool odd_page = false;    ///< the page that tells a portal has changed
  std::set<std::string> dead_anchors;
  std::set<std::string> down;  ///< services
};

class Office {
 public:
  using Kind = OutageEvent::Kind;

  struct Probe {
    Witness witness;
    BootTime interval{};
    BootTime due{};
    BootTime last{};
  };

  explicit Office(OutageRules rules = {}) : rules_(rules) {
    add("Link/eth0", 60);
    add("Ping/gateway", 60);
  }
  Office& add(const std::string& group, int seconds) {
    Schema schema;
    schema.group = group;
    // Not all in one second.
    const auto phase = std::chrono::seconds(probes_.size() % 7);
    probes_.push_back({*witness_of(schema), std::chrono::seconds(seconds), phase});
    return *this;
  }
  /// Anchors over ICMP and TCP, a name, two services.
  Office& usual() {
    return add("Ping/anchor", 60)
        .add("TCP/anchor", 60)
        .add("DNS/portal", 300)
        .add("Reach/portal", 300)
        .add("Reach/tax", 300);
  }

  /// The program starts: `memory` is what the outbox remembers, `boot` another one after a reboot.
  void start(const std::optional<EarlierBoot>& earlier = {}) {
    std::vector<Witness> witnesses;
    for (auto& probe : probes_) {
      witnesses.push_back(probe.witness);
      probe.due = now + std::chrono::seconds(1 + (&probe - probes_.data()) % 7);
    }
    watch.emplace(rules_, boot, witnesses, memory, earlier, now);
    session_.reset();
    take_news();
  }
  void stop() {
    take_news();
    watch.reset();
  }
  void reboot(const std::string& id, const std::string& how = "power was lost") {
    const auto last = now;
    const auto old = boot;
    stop();
    boot = id;
    now = std::chrono::seconds(20);
    start(EarlierBoot{old, last, how});
  }

  void run(std::chrono::seconds how_long) {
    for (const BootTime end = now + how_long; now < end;) {
      now += std::chrono::seconds(1);
      if (watch) step();
    }
  }

  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const auto& event : events) {
      const auto& outage = event.outage;
      std::string line = std::string(to_string(event.kind)) + " " + std::string(to_string(outage.cause));
      if (!outage.subject.empty()) line += ":" + outage.subject;
      lines.push_back(line);
    }
    return lines;
  }
  [[nodiscard]] const OutageEvent& event(std::size_t number) const { return events.at(number); }

  OfficeTruth truth;
  BootTime now = std::chrono::hours(1);
  std::string boot = "boot-1";
  std::string memory;
  std::optional<OutageWatch> watch;
  std::vector<OutageEvent> events;
  std::uint64_t runs = 0;  ///< of all probes

 private:
  [[nodiscard]] bool reaches_internet() const { return has_link() && truth.hop && truth.internet; }
  [[nodiscard]] bool has_link() const { return truth.link && (truth.modem || !truth.over_modem); }

  void step() {
    std::map<std::string, Milliseconds> hurried;
    for (const auto& hurry : watch->hurry()) hurried[hurry.probe] = hurry.every;
    for (auto& probe : probes_) {
      const auto hurry = hurried.find(probe.witness.probe);
      if (hurry != hurried.end()) {
        probe.due = std::min(probe.due, std::max(now, probe.last + hurry->second));
      }
      if (now < probe.due) continue;
      ++runs;
      const bool silent = (probe.witness.rung == Rung::modem && !truth.has_modem) ||
                          (probe.witness.asks.empty() && !reaches_internet());
      if (!silent) watch->take(probe.witness.probe, verdict(probe.witness), now);
      probe.last = now;
      probe.due = now + probe.interval;
    }
    const bool online = reaches_internet() && truth.gateway && !truth.login;
    if (session_ != online) {
      session_ = online;
      watch->session(online, online ? "online" : "connection refused", now);
    } else if (!online && now.count() % 10'000 == 0) {
      watch->session(online, "connection refused", now);  // tried again
    }
    if (const auto wake = watch->wake_at(); wake && now >= *wake) watch->tick(now);
    take_news();
  }

  [[nodiscard]] Verdict verdict(const Witness& witness) const {
    Verdict verdict;
    const std::string_view name = witness.probe;
    bool resolved = reaches_internet() && truth.dns;
    if (witness.rung == Rung::link) {
      verdict.good = has_link();
    } else if (witness.rung == Rung::modem) {
      verdict.good = !truth.over_modem || !truth.modem_at_fault;
    } else if (witness.rung == Rung::power) {
      verdict.good = truth.mains;
    } else if (witness.rung == Rung::first_hop) {
      verdict.good = has_link() && truth.hop && truth.hop_answers;
      verdict.certain = has_link() && !truth.hop;
    } else if (witness.asks.empty()) {
      verdict.good = reaches_internet() && !truth.login && !truth.odd_page;
      if (!verdict.good) verdict.accuses = Rung::internet;
    } else if (witness.rung == Rung::internet) {
      const bool over_icmp = name.starts_with("Ping/");
      verdict.good =
          reaches_internet() && (truth.icmp || !over_icmp) && !truth.dead_anchors.contains(witness.probe);
    } else if (witness.rung == Rung::dns) {
      verdict.good = resolved;  // also when it lies
    } else {
      verdict.good = resolved && !truth.poisoned && !truth.login && !truth.down.contains(witness.subject);
      if (resolved && truth.poisoned) verdict.accuses = Rung::dns;
      verdict.certain = verdict.accuses.has_value();
      if (resolved && !truth.login && !truth.poisoned && !verdict.good) verdict.proves.add(Rung::dns);
    }
    if (verdict.good) verdict.proves = witness.asks;
    verdict.evidence = witness.probe + (verdict.good ? "" : " (no)");
    return verdict;
  }

  void take_news() {
    while (auto news = watch->take_news()) {
      memory = news->memory;
      events.insert(events.end(), news->events.begin(), news->events.end());
    }
  }

  OutageRules rules_;
  std::vector<Probe> probes_;
  std::optional<bool> session_;
};

}  // namespace xalink::test
