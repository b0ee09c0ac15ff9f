#include "agent/verdict.hpp"

#include <cmath>
#include <cstdint>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

const Value* value_of(const Schema& schema, const Record& record, std::string_view column) {
  const auto place = column_index(schema, column);
  return place && *place < record.values.size() ? &record.values[*place] : nullptr;
}

std::optional<bool> flag_of(const Schema& schema, const Record& record, std::string_view column) {
  const auto* value = value_of(schema, record, column);
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag == nullptr ? std::nullopt : std::optional(*flag);
}

bool has(const Schema& schema, const Record& record, std::string_view column) {
  const auto* value = value_of(schema, record, column);
  return value != nullptr && !is_null(*value);
}

std::string text_of(const Schema& schema, const Record& record, std::string_view column) {
  const auto* value = value_of(schema, record, column);
  return value == nullptr ? std::string() : to_text(*value);
}

// The board's own trouble (Measure, IcmpSocket), which says nothing of the network.
bool could_not_ask(std::string_view reason) {
  return reason.starts_with("the probe ") || reason.starts_with("no ICMP socket") ||
         reason.starts_with("no time left");
}

constexpr double kWorthTelling = 0.15;  // as in Testimony: from there on answers are a matter of luck

bool tells_of_silence(std::string_view reason) {
  // Then follows where that was.
  if (reason.ends_with(kAtItsAddress)) reason.remove_suffix(kAtItsAddress.size());
  if (reason.ends_with(kNorWhereItWas)) reason = reason.substr(0, reason.rfind(kItWasAt));
  return reason.ends_with("in time") || reason.ends_with("timed out");
}

bool is_tcp(const Witness& witness) {
  return witness.probe.starts_with("TCP/");
}

std::optional<double> loss_of_pings(const Schema& schema, const Record& record) {
  const auto* value = value_of(schema, record, "Loss");
  const auto* percent = value == nullptr ? nullptr : std::get_if<double>(value);
  return percent == nullptr ? std::nullopt : std::optional(*percent / 100);
}

// A SYN is sent again after one second, and then after twice as long each time (RFC 6298).
void learn_loss_of_connect(const Schema& schema, const Record& record, Verdict& verdict) {
  if (verdict.silence) {
    verdict.loss = 1;
    verdict.requests = 2;  // whoever waits longer than a second has sent so many, or more
    return;
  }
  const auto* value = value_of(schema, record, "Connect");
  const auto* took = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
  if (took == nullptr) return;
  std::uint32_t sent = 1;
  for (std::uint64_t next = 1'000'000; *took >= next; next = 2 * next + 1'000'000) ++sent;
  verdict.loss = static_cast<double>(sent - 1) / sent;
  verdict.requests = sent;
}

std::optional<Verdict> judge_link(const Schema& schema, const Record& record) {
  const auto route = flag_of(schema, record, "Default Route");
  if (!route) return std::nullopt;
  Verdict verdict;
  const bool carrier = flag_of(schema, record, "Carrier").value_or(false);
  verdict.good = carrier && *route;
  verdict.certain = !carrier;
  if (!verdict.good) verdict.evidence = carrier ? "no default route" : "no carrier";
  return verdict;
}

std::optional<Verdict> judge_modem(const Schema& schema, const Record& record) {
  const auto leads_out = flag_of(schema, record, "Default Route");
  if (!leads_out) return std::nullopt;
  Verdict verdict;
  // A spare modem that has no SIM is in nobody's way.
  verdict.good = !*leads_out || !has(schema, record, "Fault");
  if (!verdict.good) verdict.evidence = text_of(schema, record, "Fault");
  return verdict;
}

std::optional<Verdict> judge_power(const Schema& schema, const Record& record) {
  const auto mains = flag_of(schema, record, "Mains");
  if (!mains) return std::nullopt;
  Verdict verdict;
  verdict.good = *mains;
  if (verdict.good) return verdict;
  verdict.evidence = "on battery";
  if (has(schema, record, "Charge")) verdict.evidence += ", " + text_of(schema, record, "Charge") + " %";
  return verdict;
}

// How far a visit came that failed.
void judge_failed_visit(const Witness& witness, const Schema& schema, const Record& record,
                        std::string_view reason, Verdict& verdict) {
  const auto prove = [&](auto... rungs) {
    for (const Rung rung : {rungs...}) {
      if (witness.asks.has(rung)) verdict.proves.add(rung);
    }
  };
  if (reason.starts_with(kWrongAddress)) {
    verdict.accuses = Rung::dns;
    verdict.certain = reason.ends_with(kAsBefore);
    if (verdict.certain) prove(Rung::modem, Rung::link, Rung::first_hop, Rung::internet);
  }
  if (verdict.accuses || !has(schema, record, "Connect")) {
    if (reason.starts_with("connect:") && !reason.ends_with(kNorWhereItWas)) prove(Rung::dns);
    verdict.unresolved = !verdict.accuses && reason.starts_with("name:");
    return;
  }
  // Whoever took the connection may be anybody; the service itself is who has its certificate.
  prove(Rung::modem, Rung::link, Rung::first_hop);
  const bool its_own = has(schema, record, "TLS Handshake") ||
                       reason.find("certificate has expired") != std::string_view::npos ||
                       reason.find("certificate is not yet valid") != std::string_view::npos;
  if (its_own) prove(Rung::internet);
  verdict.at_its_address = reason.ends_with(kAtItsAddress);
  if (its_own || verdict.at_its_address) prove(Rung::dns);
}

// A page that is not there, or has an error, says nothing of who gave it.
std::optional<Verdict> judge_portal(const Schema& schema, const Record& record) {
  const auto finding = text_of(schema, record, "Finding");
  if (finding != "clear" && finding != "portal") return std::nullopt;
  Verdict verdict;
  verdict.good = finding == "clear";
  if (verdict.good) return verdict;
  verdict.accuses = Rung::internet;
  verdict.evidence = text_of(schema, record, "Reason");
  return verdict;
}

}  // namespace

bool is_ping(const Witness& witness) {
  return witness.probe.starts_with("Ping/");
}

std::optional<std::string> finding_of(const Schema& schema, const Record& record) {
  const std::string& group = schema.group;
  std::string words;
  if (group == "Path") {
    if (flag_of(schema, record, "Reached").value_or(true)) return std::nullopt;
    for (int hop = 5; hop > 0 && words.empty(); --hop) {
      const std::string column = "Hop " + std::to_string(hop);
      if (!has(schema, record, column)) continue;
      words =
          "hop " + std::to_string(hop) + " " + text_of(schema, record, column) + " answers, nothing beyond";
    }
    if (words.empty() && could_not_ask(text_of(schema, record, "Reason"))) return std::nullopt;
    if (words.empty()) words = "no hop answers";
    if (text_of(schema, record, "Reason") == kNoHopAnswers) words += ", but the network card of the first";
    if (has(schema, record, "Cut")) words += ": " + text_of(schema, record, "Cut");
  } else if (group == "MTU" && text_of(schema, record, "Finding") == "black hole") {
    words = "packets above " + text_of(schema, record, "Path MTU") + " bytes vanish";
  } else if (group == "Captive Portal" && text_of(schema, record, "Finding") == "portal") {
    words = text_of(schema, record, "Reason");
  }
  if (words.empty()) return std::nullopt;
  return group + " (" + words + ")";
}

std::optional<Witness> witness_of(const Schema& schema, bool by_name) {
  const std::string_view group = schema.group;
  Witness witness;
  witness.probe = group;
  if (group.starts_with("Link/")) {
    witness.rung = Rung::link;
    witness.asks = RungSet(Rung::link);
  } else if (group == "Ping/gateway") {
    witness.rung = Rung::first_hop;
    witness.asks = RungSet(Rung::modem, Rung::link, Rung::first_hop);
  } else if (group.starts_with("Ping/") || group.starts_with("TCP/")) {
    witness.rung = Rung::internet;
    witness.asks = RungSet(Rung::modem, Rung::link, Rung::first_hop, Rung::internet);
  } else if (group.starts_with("DNS/")) {
    // The server may stand on this very board: an answer proves nothing of what lies below.
    witness.rung = Rung::dns;
    witness.asks = RungSet(Rung::dns);
  } else if (group.starts_with("Reach/")) {
    witness.rung = Rung::services;
    witness.asks = RungSet(Rung::modem, Rung::link, Rung::first_hop, Rung::internet, Rung::services);
    if (by_name) witness.asks.add(Rung::dns);
    witness.subject = group.substr(std::string_view("Reach/").size());
  } else if (group == "Captive Portal") {
    witness.rung = Rung::internet;
  } else if (group == "Cellular") {
    witness.rung = Rung::modem;
    witness.asks = RungSet(Rung::modem);
  } else if (group == "Power") {
    witness.rung = Rung::power;
    witness.asks = RungSet(Rung::power);
  } else {
    return std::nullopt;
  }
  return witness;
}

std::optional<Verdict> judge(const Witness& witness, const Schema& schema, const Record& record) {
  const auto reason = text_of(schema, record, "Reason");
  if (could_not_ask(reason)) return std::nullopt;
  std::optional<Verdict> verdict;
  if (witness.rung == Rung::link) {
    verdict = judge_link(schema, record);
  } else if (witness.rung == Rung::modem) {
    verdict = judge_modem(schema, record);
  } else if (witness.rung == Rung::power) {
    verdict = judge_power(schema, record);
  } else if (witness.asks.empty()) {
    verdict = judge_portal(schema, record);
  } else {
    verdict.emplace();
    verdict->evidence = reason;
    if (witness.rung == Rung::dns) {
      const auto status = text_of(schema, record, "Status");
      verdict->good = status == "NOERROR";
      if (reason.empty() && !verdict->good) verdict->evidence = status;
    } else if (witness.rung == Rung::services) {
      verdict->good = flag_of(schema, record, "Success").value_or(false);
      if (!verdict->good) judge_failed_visit(witness, schema, record, reason, *verdict);
    } else {
      verdict->good = has(schema, record, is_tcp(witness) ? "Connect" : "RTT mean");
      // Whom a firewall makes deaf to echo requests still says whose address it has.
      verdict->good = verdict->good || (witness.rung == Rung::first_hop && reason == kSilentButThere);
      // What the neighbour table says when nobody there answers to the address.
      verdict->certain = reason == "No route to host" || reason == kSilentAndGone;
    }
  }
  if (!verdict) return std::nullopt;
  verdict->silence = !verdict->good && tells_of_silence(reason);
  if (is_ping(witness)) verdict->loss = loss_of_pings(schema, record);
  if (verdict->good) {
    verdict->proves = witness.asks;
    // NOERROR without an address has a reason too.
    verdict->evidence.clear();
    if (verdict->loss.value_or(0) >= kWorthTelling) {
      verdict->evidence = std::to_string(std::lround(*verdict->loss * 100)) + " % of packets lost";
    }
  }
  if (is_tcp(witness)) learn_loss_of_connect(schema, record, *verdict);
  verdict->evidence =
      verdict->evidence.empty() ? witness.probe : witness.probe + " (" + verdict->evidence + ")";
  return verdict;
}

}  // namespace xalink
