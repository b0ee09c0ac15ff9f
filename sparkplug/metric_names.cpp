#include "sparkplug/metric_names.hpp"

#include <cassert>

#include "sparkplug/boot_clock.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

constexpr Range kAny{};
constexpr Range kCount{0, std::numeric_limits<double>::infinity()};
// A round trip or a phase longer than a minute is past every deadline.
constexpr Range kMicroseconds{0, 60'000'000};
constexpr Range kPercent{0, 100};
// 1970 is an unset clock, not a date of a dossier; the first rules on one-stop shops are of 2003.
constexpr Range kDossierDate{1'041'379'200'000, std::numeric_limits<double>::infinity()};

constexpr MetricDeclaration kLink[] = {
    {"Carrier", DataType::boolean, "", kAny, "The interface sees its other end",
     "/sys/class/net/<interface>/carrier"},
    {"Default Route", DataType::boolean, "", kAny,
     "An IPv4 or IPv6 default route leaves through the interface", "/proc/net/route, /proc/net/ipv6_route"},
    {"Speed",
     DataType::uint32,
     "Mbit/s",
     {1, 1'000'000},
     "Negotiated speed; null when the driver knows none",
     "/sys/class/net/<interface>/speed"},
    {"Received", DataType::uint64, "By", kCount, "Bytes received since the interface was made",
     "/sys/class/net/<interface>/statistics/rx_bytes"},
    {"Sent", DataType::uint64, "By", kCount, "Bytes sent since the interface was made",
     "/sys/class/net/<interface>/statistics/tx_bytes"},
    {"Receive Errors", DataType::uint64, "", kCount, "Bad packets received",
     "/sys/class/net/<interface>/statistics/rx_errors"},
    {"Send Errors", DataType::uint64, "", kCount, "Packets that could not be sent",
     "/sys/class/net/<interface>/statistics/tx_errors"},
    {"Receive Drops", DataType::uint64, "", kCount, "Packets received and dropped for want of space",
     "/sys/class/net/<interface>/statistics/rx_dropped"},
    {"Send Drops", DataType::uint64, "", kCount, "Packets dropped on their way out",
     "/sys/class/net/<interface>/statistics/tx_dropped"},
};

// Integers: a Float row takes twice the bytes on the wire, and a microsecond is finer than the clock.
constexpr MetricDeclaration kPing[] = {
    {"RTT min", DataType::uint32, "us", kMicroseconds, "Shortest round trip of the run", "RFC 2681"},
    {"RTT mean", DataType::uint32, "us", kMicroseconds, "Mean round trip of the run", "RFC 2681"},
    {"RTT max", DataType::uint32, "us", kMicroseconds, "Longest round trip of the run", "RFC 2681"},
    {"Jitter", DataType::uint32, "us", kMicroseconds,
     "Mean absolute difference of the round trips of consecutive requests; null without two consecutive "
     "replies",
     "RFC 3393 section 4.5 on round trips"},
    {"Loss", DataType::float32, "%", kPercent, "Requests without an answer, of those sent", "RFC 6673"},
    {"Sent",
     DataType::uint8,
     "",
     {0, 255},
     "Echo requests that left; the denominator of Loss",
     "RFC 792, RFC 4443"},
    {"Reason", DataType::string, "", kAny, "Why there is no answer; null when there is one",
     "the system's error"},
};

constexpr MetricDeclaration kDns[] = {
    {"Time", DataType::uint32, "us", kMicroseconds, "From the question to the answer, of whichever status",
     "RFC 1035, measured at the stub resolver"},
    {"Status", DataType::string, "", kAny,
     "Response code (NOERROR, NXDOMAIN, SERVFAIL, ...), timeout, unreachable or malformed",
     "RFC 1035 section 4.1.1, RFC 6895 section 2.3"},
    {"Answers", DataType::uint8, "", {0, 255}, "Addresses in the answer", "RFC 1035 section 4.1.3"},
    {"Reason", DataType::string, "", kAny, "Why the name has no address; null when it has one",
     "the resolver's error"},
};

constexpr MetricDeclaration kReach[] = {
    {"Success", DataType::boolean, "", kAny, "The service answered as it should, in time",
     "all phases, HTTP status below 400"},
    {"Connect", DataType::uint32, "us", kMicroseconds, "From SYN to established; name lookup not included",
     "RFC 9293"},
    {"TLS Handshake", DataType::uint32, "us", kMicroseconds, "From ClientHello to Finished", "RFC 8446"},
    {"First Byte", DataType::uint32, "us", kMicroseconds,
     "From the request's last byte to the answer's first", "RFC 9112"},
    {"HTTP Status", DataType::uint16, "", {100, 599}, "Status code of the answer", "RFC 9110 section 15"},
    {"Reason", DataType::string, "", kAny, "The phase that failed and why; null on success",
     "the system's or the TLS library's error"},
};

// Words are ModemManager's own, as mmcli prints them. Nothing that tells who holds the SIM is among them.
constexpr MetricDeclaration kCellular[] = {
    {"Modems",
     DataType::uint8,
     "",
     {0, 255},
     "Modems that ModemManager sees; the rest is of the one furthest on",
     "ModemManager GetManagedObjects"},
    {"State", DataType::string, "", kAny, "How far the modem is: failed, locked, searching, registered, ...",
     "ModemManager Modem.State"},
    {"Failure", DataType::string, "", kAny, "Why it failed; null when it did not",
     "ModemManager Modem.StateFailedReason"},
    {"SIM", DataType::string, "", kAny,
     "present, missing, unreadable, or unknown until it has been looked for",
     "ModemManager Modem.Sim, Modem.StateFailedReason"},
    {"Lock", DataType::string, "", kAny, "What has to be unlocked: none, sim-pin, sim-puk, ...",
     "ModemManager Modem.UnlockRequired"},
    {"Registration", DataType::string, "", kAny, "home, roaming, searching, denied, ...",
     "ModemManager Modem3gpp.RegistrationState"},
    {"Operator Code", DataType::string, "", kAny, "MCC and MNC of the network",
     "ModemManager Modem3gpp.OperatorCode"},
    {"Operator", DataType::string, "", kAny, "Name of the network", "ModemManager Modem3gpp.OperatorName"},
    {"Technology", DataType::string, "", kAny, "What it is registered with: lte, 5gnr, umts, ...",
     "ModemManager Modem.AccessTechnologies"},
    {"Signal Quality", DataType::uint8, "%", kPercent, "The modem's own measure, for people",
     "ModemManager Modem.SignalQuality"},
    {"RSRP",
     DataType::float32,
     "dBm",
     {-156, -31},
     "Power of the reference signal (4G, 5G)",
     "3GPP TS 36.214 section 5.1.1, TS 38.215 section 5.1.1; ModemManager Modem.Signal"},
    {"RSRQ",
     DataType::float32,
     "dB",
     {-43, 20},
     "Quality of the reference signal (4G, 5G)",
     "3GPP TS 36.214 section 5.1.3, TS 38.215 section 5.1.3; ModemManager Modem.Signal"},
    {"SNR",
     DataType::float32,
     "dB",
     {-30, 50},
     "Signal over noise and interference (SINR)",
     "3GPP TS 38.215 section 5.1.5; ModemManager Modem.Signal"},
    {"RSSI",
     DataType::float32,
     "dBm",
     {-150, 0},
     "All that the receiver gets, noise included",
     "3GPP TS 36.214 section 5.1.4; ModemManager Modem.Signal"},
    {"Fault", DataType::string, "", kAny,
     "no SIM, SIM locked, registration denied; or it hangs: modem failed, no registration, modem gone, no "
     "answer",
     "agent/modem_health.hpp"},
    {"Model", DataType::string, "", kAny, "The modem; said once each time it is found",
     "ModemManager Modem.Model"},
    {"Revision", DataType::string, "", kAny, "Its firmware; said once each time it is found",
     "ModemManager Modem.Revision"},
    {"Reason", DataType::string, "", kAny, "Why nothing is known of a modem; null when something is",
     "D-Bus"},
};

constexpr MetricDeclaration kModemReset[] = {
    {"Event", DataType::string, "", kAny,
     "begin; done or failed, when the method has ended; recovered or not recovered, when that is known",
     "agent/modem_reset.hpp"},
    {"Cause", DataType::string, "", kAny, "The fault for which it is reset, as in Cellular/Fault",
     "agent/modem_health.hpp"},
    {"Method", DataType::string, "", kAny, "command or usb",
     "[probe.cellular] reset_command, reset_usb_device"},
    {"Number", DataType::uint32, "", kCount, "Which reset in a row it is, from 1", "agent/reset_plan.hpp"},
    {"Result", DataType::string, "", kAny, "Why the method failed, or the fault that is left; null when none",
     "the method, or ModemManager"},
    {"Duration", DataType::uint64, "ms", kCount, "Time since the reset began", "CLOCK_BOOTTIME"},
};

constexpr MetricDeclaration kWifi[] = {
    {"Signal",
     DataType::float32,
     "dBm",
     {-120, 0},
     "Level of the access point; null when not connected",
     "/proc/net/wireless level"},
    {"Quality",
     DataType::uint8,
     "",
     {0, 100},
     "On the driver's scale: of most, 70 is the best",
     "/proc/net/wireless link"},
};

constexpr MetricDeclaration kAccess[] = {
    {"Interface", DataType::string, "", kAny, "Where the best default route leaves; null without one",
     "/proc/net/route, /proc/net/ipv6_route"},
    {"Technology", DataType::string, "", kAny,
     "fibre, ethernet, tslcd, wifi, 5g, 4g, 3g, 2g, mobile, vsat or leo; null when nobody knows",
     "/sys/class/net, ModemManager Modem.AccessTechnologies, or the configuration"},
    {"Known By", DataType::string, "", kAny, "How it is known: detected, configured or unknown",
     "[probe.access] technologies"},
};

constexpr MetricDeclaration kBoard[] = {
    {"Uptime", DataType::uint32, "s", kCount, "Time since the board started", "/proc/uptime"},
    {"Load 1m", DataType::float32, "", kCount, "Tasks running or waiting, mean over one minute",
     "/proc/loadavg"},
    {"Memory Available", DataType::uint64, "By", kCount, "Memory that programs can still have",
     "/proc/meminfo MemAvailable"},
    {"Memory Total", DataType::uint64, "By", kCount, "Memory of the board", "/proc/meminfo MemTotal"},
    {"Disk Available", DataType::uint64, "By", kCount, "Space left where the records are kept", "statvfs(3)"},
    {"Disk Total", DataType::uint64, "By", kCount, "Size of the file system where the records are kept",
     "statvfs(3)"},
    {"Temperature",
     DataType::float32,
     "Cel",
     {-40, 150},
     "Hottest thermal zone; null without a sensor",
     "/sys/class/thermal/thermal_zone*/temp"},
    {"Boot Id", DataType::string, "", kAny,
     "Boot the values belong to; said once for each start of the program", "/proc/sys/kernel/random/boot_id"},
};

constexpr MetricDeclaration kPower[] = {
    {"Mains", DataType::boolean, "", kAny, "Some supply from outside the board is online",
     "/sys/class/power_supply/*/online"},
    {"Charge", DataType::uint8, "%", kPercent, "Charge of the battery or UPS that has the least",
     "/sys/class/power_supply/*/capacity"},
    {"Battery", DataType::string, "", kAny, "State of that battery in the kernel's words: Charging, ...",
     "/sys/class/power_supply/*/status"},
    {"Runtime", DataType::uint32, "s", kCount, "Time until that battery is empty, as it says itself",
     "/sys/class/power_supply/*/time_to_empty_now"},
    {"Voltage", DataType::float32, "V", kCount, "Voltage across that battery",
     "/sys/class/power_supply/*/voltage_now"},
    {"Under Voltage", DataType::boolean, "", kAny, "The board gets too little voltage now",
     "Raspberry Pi firmware get_throttled bit 0, or hwmon rpi_volt"},
    {"Under Voltage Since Boot", DataType::boolean, "", kAny,
     "It got too little at some time since it started", "Raspberry Pi firmware get_throttled bits 0 and 16"},
    {"Throttled", DataType::boolean, "", kAny, "It runs slower now, for want of power or for heat",
     "Raspberry Pi firmware get_throttled bits 1 to 3"},
};

constexpr MetricDeclaration kStorage[] = {
    {"Device", DataType::string, "", kAny,
     "Disk that keeps the records; null where it has no disk of its own", "/sys/dev/block"},
    {"Life Used",
     DataType::uint8,
     "%",
     {0, 110},
     "Life that the card has used by its own count, in steps of ten; 110 is past its end",
     "JESD84-B51 EXT_CSD 268, 269: /sys/block/*/device/life_time"},
    {"Pre EOL",
     DataType::uint8,
     "",
     {1, 3},
     "Reserved blocks: 1 fine, 2 most are used, 3 replace the card now",
     "JESD84-B51 EXT_CSD 267: /sys/block/*/device/pre_eol_info"},
    {"Errors", DataType::uint64, "", kCount, "Errors that ext4 found since the file system was checked",
     "/sys/fs/ext4/*/errors_count"},
    {"Read Only", DataType::boolean, "", kAny, "The file system takes no writes", "statvfs(3)"},
};

// DateTime cannot be null in the middle of other values to some hosts' libraries, and cannot lie before 1970:
// offsets are Int64.
constexpr MetricDeclaration kBootClock[] = {
    {"Boot", DataType::string, "", kAny, "Boot that the statement is about",
     "/proc/sys/kernel/random/boot_id"},
    {"At", DataType::uint64, "ms", kCount, "Time since that boot at which the bounds hold", "CLOCK_BOOTTIME"},
    {"Offset", DataType::int64, "ms", kAny, "True time minus time since boot, as best known",
     "adjtimex(2) and CLOCK_REALTIME, or the gateway's time"},
    {"Earliest", DataType::int64, "ms", kAny, "Least offset that can be true",
     "adjtimex(2), round trip to the gateway, or the last good time before"},
    {"Latest", DataType::int64, "ms", kAny, "Greatest offset that can be true; null when there is none yet",
     "adjtimex(2), round trip to the gateway, or the boots that followed"},
    {"Quality",
     DataType::uint8,
     "",
     {0, 2},
     "2 by the kernel's synchronised clock, 1 by the gateway's time, 0 by what came before and after alone",
     "adjtimex(2)"},
};

constexpr MetricDeclaration kOutboxEvent[] = {
    {"Old Epoch", DataType::string, "", kAny, "Epoch of the outbox that was damaged", "outbox"},
    {"New Epoch", DataType::string, "", kAny, "Epoch of the one that it was salvaged into", "outbox"},
    {"Reason", DataType::string, "", kAny, "What was wrong with it", "SQLite, or the outbox's own checks"},
    {"Kept As", DataType::string, "", kAny, "Name of the damaged file on the board", "outbox"},
    {"Events Salvaged", DataType::uint64, "", kCount, "Rows of lane 0 that could be read", "outbox"},
    {"Measurements Salvaged", DataType::uint64, "", kCount, "Rows of lane 1 that could be read", "outbox"},
    {"Events Lost", DataType::uint64, "", kCount, "Rows of lane 0 known to be missing", "outbox"},
    {"Measurements Lost", DataType::uint64, "", kCount, "Rows of lane 1 known to be missing", "outbox"},
};

constexpr MetricDeclaration kDossier[] = {
    {"Code", DataType::string, "", kAny, "Dossier code (MaHoSo), or its keyed hash", "dossier source"},
    {"Procedure", DataType::string, "", kAny, "Code of the administrative procedure (MaTTHC)",
     "dossier source"},
    {"Agency", DataType::string, "", kAny, "Identifier of the agency that handles it", "dossier source"},
    {"State",
     DataType::uint8,
     "",
     {1, 10},
     "State as reported to the national portal (TrangThaiHoSo)",
     "dossier source, mapped"},
    {"State Raw", DataType::string, "", kAny, "State as the local system words it", "dossier source"},
    {"State At", DataType::date_time, "", kDossierDate, "When the dossier came into this state",
     "dossier source"},
    {"Submitted", DataType::date_time, "", kDossierDate, "NgayNopHoSo", "dossier source"},
    {"Received", DataType::date_time, "", kDossierDate, "NgayTiepNhan", "dossier source"},
    {"Due", DataType::date_time, "", kDossierDate, "NgayHenTra", "dossier source"},
    {"Finished", DataType::date_time, "", kDossierDate, "NgayKetThucXuLy", "dossier source"},
    {"Returned", DataType::date_time, "", kDossierDate, "NgayTra", "dossier source"},
    {"Channel", DataType::uint8, "", {1, 3}, "KenhThucHien: 1 direct, 2 online, 3 by post", "dossier source"},
    {"Level", DataType::string, "", kAny, "Level of the online service (MucDo)", "dossier source"},
    {"Online Payment",
     DataType::uint8,
     "",
     {0, 2},
     "DuocThanhToanTrucTuyen: 0 no, 1 national portal, 2 ministry or province",
     "dossier source"},
    {"Fee", DataType::boolean, "", kAny, "The dossier bears a fee", "dossier source"},
    {"Digitised", DataType::boolean, "", kAny, "HoSoCoThanhPhanSoHoa: has digitised components",
     "dossier source"},
    {"Supplement Requests",
     DataType::uint8,
     "",
     {0, 255},
     "How often the citizen was asked for more papers",
     "dossier source"},
};

// Counts of a table that somebody fills in; whoever reports a rate has its denominator beside it.
constexpr std::string_view kTable = "indicator table";

constexpr MetricDeclaration kSatisfaction[] = {
    {"Commune", DataType::string, "", kAny, "GSO code of the commune, as of the period", kTable},
    {"Agency", DataType::string, "", kAny, "The office that was asked about", kTable},
    {"Period Start", DataType::date_time, "", kDossierDate, "First moment of the period", kTable},
    {"Period End", DataType::date_time, "", kDossierDate, "Last day of the period, at its first moment",
     kTable},
    {"Channel", DataType::string, "", kAny, "How it was asked: kiosk, portal, paper, telephone", kTable},
    {"Asked", DataType::uint32, "", kCount, "People who were asked; null when it was not counted", kTable},
    {"Answers", DataType::uint32, "", kCount, "Answers; the denominator of Satisfied", kTable},
    {"Satisfied", DataType::uint32, "", kCount, "Answers that count as satisfied", kTable},
    {"Grade 1", DataType::uint32, "", kCount, "Answers of the lowest grade", kTable},
    {"Grade 2", DataType::uint32, "", kCount, "Answers of the second grade", kTable},
    {"Grade 3", DataType::uint32, "", kCount, "Answers of the middle grade", kTable},
    {"Grade 4", DataType::uint32, "", kCount, "Answers of the fourth grade", kTable},
    {"Grade 5", DataType::uint32, "", kCount, "Answers of the highest grade", kTable},
};

constexpr MetricDeclaration kTasks[] = {
    {"Code", DataType::string, "", kAny, "The task's or programme's code in the register", kTable},
    {"Programme", DataType::string, "", kAny,
     "What it belongs to: administrative reform, Project 06, digital transformation", kTable},
    {"Name", DataType::string, "", kAny, "Its name, where the configuration takes it", kTable},
    {"Owner", DataType::string, "", kAny, "The unit that answers for it", kTable},
    {"As Of", DataType::date_time, "", kDossierDate, "The day that the counts are of", kTable},
    {"Deadline", DataType::date_time, "", kDossierDate, "When it has to be done", kTable},
    {"Total", DataType::uint32, "", kCount, "Tasks in all; the denominator of the others", kTable},
    {"Done", DataType::uint32, "", kCount, "Tasks that are done", kTable},
    {"On Time", DataType::uint32, "", kCount, "Tasks done by their deadline", kTable},
    {"Late", DataType::uint32, "", kCount, "Tasks past their deadline, done or not", kTable},
};

constexpr MetricDeclaration kVillages[] = {
    {"Commune", DataType::string, "", kAny, "GSO code of the commune in its Code List", kTable},
    {"Code List", DataType::string, "", kAny, "Version of the list of codes: codes are used again", kTable},
    {"As Of", DataType::date_time, "", kDossierDate, "The day of the survey or declaration", kTable},
    {"Villages", DataType::uint32, "", kCount, "Villages (thon) of the commune; the denominator", kTable},
    {"No Signal", DataType::uint32, "", kCount, "Villages without mobile signal (trang song)", kTable},
    {"Gaps", DataType::uint32, "", kCount, "Covered villages with hamlets that are not (lom song)", kTable},
    {"No Power", DataType::uint32, "", kCount, "Villages without power from the grid", kTable},
    {"Source", DataType::string, "", kAny, "Who says so: a survey, a decision, an operator", kTable},
};

constexpr RecordDeclaration kRecords[] = {
    {"network", "Link", true, Lane::measurements, kLink},
    {"network", "Ping", true, Lane::measurements, kPing},
    {"network", "DNS", true, Lane::measurements, kDns},
    {"network", "Reach", true, Lane::measurements, kReach},
    {"network", "Wi-Fi", true, Lane::measurements, kWifi},
    {"network", "Access", false, Lane::measurements, kAccess},
    {"network", "Cellular", false, Lane::measurements, kCellular},
    {"network", "Modem Reset", false, Lane::events, kModemReset},
    {"board", "Board", false, Lane::measurements, kBoard},
    {"board", "Power", false, Lane::measurements, kPower},
    {"board", "Storage", false, Lane::measurements, kStorage},
    {"board", "Boot Clock", false, Lane::events, kBootClock},
    {"board", "Outbox Event", false, Lane::events, kOutboxEvent},
    {"dossiers", "Dossier", false, Lane::events, kDossier},
    {"indicators", "Satisfaction", false, Lane::events, kSatisfaction},
    {"indicators", "Tasks", false, Lane::events, kTasks},
    {"indicators", "Villages", false, Lane::events, kVillages},
};

Schema schema_of(std::string_view group, std::string_view subject = {}) {
  for (const RecordDeclaration& declaration : kRecords) {
    if (declaration.group != group) continue;
    Schema schema;
    schema.device = declaration.device;
    schema.group = declaration.group;
    if (declaration.has_subject) schema.group += "/" + metric_subject(subject);
    schema.lane = declaration.lane;
    for (const MetricDeclaration& metric : declaration.metrics) {
      schema.columns.push_back(Column{std::string(metric.name), metric.type, std::string(metric.unit)});
    }
    return schema;
  }
  assert(false && "every schema has its line in the table");
  return {};
}

}  // namespace

std::span<const RecordDeclaration> record_declarations() {
  return kRecords;
}

const MetricDeclaration* find_declaration(std::string_view device, std::string_view metric) {
  const std::size_t last = metric.rfind('/');
  if (last == std::string_view::npos) return nullptr;
  const std::string_view column = metric.substr(last + 1);
  std::string_view group = metric.substr(0, last);
  const std::size_t first = group.find('/');
  const bool has_subject = first != std::string_view::npos;
  group = group.substr(0, first);
  for (const RecordDeclaration& declaration : kRecords) {
    if (declaration.device != device || declaration.group != group) continue;
    if (declaration.has_subject != has_subject) continue;
    for (const MetricDeclaration& found : declaration.metrics) {
      if (found.name == column) return &found;
    }
  }
  return nullptr;
}

std::string metric_subject(std::string_view subject) {
  if (subject.empty()) return "_";
  std::string name(subject);
  for (char& byte : name) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '/' || byte == '+' || byte == '#' || code < 0x20 || code == 0x7f) byte = '_';
  }
  if (is_valid_id(name)) return name;
  for (char& byte : name) {
    if (static_cast<unsigned char>(byte) >= 0x80) byte = '_';
  }
  return name;
}

Schema link_schema(std::string_view interface) {
  return schema_of("Link", interface);
}
Schema ping_schema(std::string_view target) {
  return schema_of("Ping", target);
}
Schema dns_schema(std::string_view name) {
  return schema_of("DNS", name);
}
Schema reach_schema(std::string_view service) {
  return schema_of("Reach", service);
}
Schema modem_reset_schema() {
  return schema_of("Modem Reset");
}
Schema wifi_schema(std::string_view interface) {
  return schema_of("Wi-Fi", interface);
}
Schema access_schema() {
  return schema_of("Access");
}
Schema cellular_schema() {
  return schema_of("Cellular");
}
Schema board_schema() {
  return schema_of("Board");
}
Schema power_schema() {
  return schema_of("Power");
}
Schema storage_schema() {
  return schema_of("Storage");
}
Schema boot_clock_schema() {
  return schema_of("Boot Clock");
}
Schema outbox_event_schema() {
  return schema_of("Outbox Event");
}
Schema dossier_schema() {
  return schema_of("Dossier");
}
Schema satisfaction_schema() {
  return schema_of("Satisfaction");
}
Schema task_schema() {
  return schema_of("Tasks");
}
Schema village_schema() {
  return schema_of("Villages");
}

std::optional<std::size_t> column_index(const Schema& schema, std::string_view name) {
  for (std::size_t column = 0; column < schema.columns.size(); ++column) {
    if (schema.columns[column].name == name) return column;
  }
  return std::nullopt;
}

}  // namespace xalink
