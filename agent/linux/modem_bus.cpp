#include "agent/linux/modem_bus.hpp"

#include <sdbus-c++/sdbus-c++.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "agent/linux/modem_words.hpp"
#include "sparkplug/with_timeout.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

namespace asio = boost::asio;

namespace {

constexpr const char* kName = "org.freedesktop.ModemManager1";
constexpr const char* kModem = "org.freedesktop.ModemManager1.Modem";
constexpr const char* kModem3gpp = "org.freedesktop.ModemManager1.Modem.Modem3gpp";
constexpr const char* kSignal = "org.freedesktop.ModemManager1.Modem.Signal";
// sd-bus gives up calls by itself too; ours end by the deadline, long before.
constexpr std::chrono::seconds kLongCall(600);
// What polkit forbids now, it seldom allows a minute later.
constexpr Duration kAfterRefusal = std::chrono::hours(1);
constexpr std::uint32_t kNetworkPort = 2;  // MM_MODEM_PORT_TYPE_NET

using Properties = std::map<std::string, sdbus::Variant>;
using Interfaces = std::map<std::string, Properties>;
using Objects = std::map<sdbus::ObjectPath, Interfaces>;

std::string system_bus() {
  const char* address = std::getenv("DBUS_SYSTEM_BUS_ADDRESS");
  return address == nullptr ? "unix:path=/run/dbus/system_bus_socket" : address;
}

/// The path in "unix:path=/run/dbus/system_bus_socket,guid=..."; empty for other kinds of addresses.
std::string socket_path(std::string_view address) {
  constexpr std::string_view kScheme = "unix:path=";
  if (!address.starts_with(kScheme)) return {};
  address.remove_prefix(kScheme.size());
  return std::string(address.substr(0, address.find_first_of(",;")));
}

template <class T>
std::optional<T> read(const Properties& properties, const std::string& name) {
  const auto found = properties.find(name);
  if (found == properties.end() || !found->second.containsValueOfType<T>()) return std::nullopt;
  return found->second.get<T>();
}

std::optional<std::string> words(const Properties& properties, const std::string& name) {
  auto text = read<std::string>(properties, name);
  if (text && text->empty()) text.reset();
  return text;
}

const Properties* interface_of(const Interfaces& interfaces, const char* name) {
  const auto found = interfaces.find(name);
  return found == interfaces.end() ? nullptr : &found->second;
}

/// ModemManager's word for "not measured" is -32768.
void take_level(const Properties& levels, const char* name, std::optional<double>& level) {
  const auto found = read<double>(levels, name);
  if (!level && found && *found > -1000) level = *found;
}

void read_signal(const Properties& signal, ModemReading& modem) {
  // The fastest technology first: on 5G that leans on 4G (NSA) both have values.
  for (const char* technology : {"Nr5g", "Lte", "Umts", "Gsm", "Evdo", "Cdma"}) {
    const auto levels = read<Properties>(signal, technology);
    if (!levels) continue;
    take_level(*levels, "rsrp", modem.rsrp);
    take_level(*levels, "rsrq", modem.rsrq);
    take_level(*levels, "snr", modem.snr);
    take_level(*levels, "rssi", modem.rssi);
  }
}

ModemReading read_modem(const sdbus::ObjectPath& path, const Interfaces& interfaces,
                        const Properties& modem_properties) {
  ModemReading modem;
  modem.path = path;
  modem.device = read<std::string>(modem_properties, "Device").value_or("");
  modem.model = words(modem_properties, "Model");
  modem.revision = words(modem_properties, "Revision");
  modem.state = read<std::int32_t>(modem_properties, "State").value_or(0);
  modem.failed_reason = read<std::uint32_t>(modem_properties, "StateFailedReason").value_or(0);
  modem.has_sim = read<sdbus::ObjectPath>(modem_properties, "Sim").value_or("/") != "/";
  modem.lock = read<std::uint32_t>(modem_properties, "UnlockRequired").value_or(0);
  modem.technologies = read<std::uint32_t>(modem_properties, "AccessTechnologies").value_or(0);
  if (const auto quality = read<sdbus::Struct<std::uint32_t, bool>>(modem_properties, "SignalQuality");
      quality && modem.state >= kModemEnabled) {
    modem.signal_quality = quality->get<0>();
  }
  using Ports = std::vector<sdbus::Struct<std::string, std::uint32_t>>;
  for (const auto& port : read<Ports>(modem_properties, "Ports").value_or(Ports())) {
    if (port.get<1>() == kNetworkPort) modem.interfaces.push_back(port.get<0>());
  }
  if (const auto* network = interface_of(interfaces, kModem3gpp)) {
    modem.registration = read<std::uint32_t>(*network, "RegistrationState");
    modem.operator_code = words(*network, "OperatorCode");
    modem.operator_name = words(*network, "OperatorName");
  }
  if (const auto* signal = interface_of(interfaces, kSignal)) read_signal(*signal, modem);
  return modem;
}

/// ".../Modem/10" comes after ".../Modem/9".
bool found_earlier(const ModemReading& a, const ModemReading& b) {
  return std::pair(a.path.size(), a.path) < std::pair(b.path.size(), b.path);
}

/// Modems that could measure RSRP and its like, and were not asked to.
bool does_not_measure(const Interfaces& interfaces, const ModemReading& modem) {
  const auto* signal = interface_of(interfaces, kSignal);
  return signal != nullptr && modem.state >= kModemEnabled &&
         read<std::uint32_t>(*signal, "Rate") == std::uint32_t{0};
}

}  // namespace

const ModemReading* leading_modem(const std::vector<ModemReading>& modems) {
  const ModemReading* leading = nullptr;
  for (const ModemReading& modem : modems) {
    if (leading == nullptr || modem.state > leading->state) leading = &modem;
  }
  return leading;
}

/// The connection with what waits for it: its descriptor is a copy, because both would close it.
struct ModemBus::Wire {
  Wire(const asio::any_io_executor& executor, std::unique_ptr<sdbus::IConnection> connection_in)
      : connection(std::move(connection_in)),
        readiness(executor, ::dup(connection->getEventLoopPollData().fd)) {}
  std::unique_ptr<sdbus::IConnection> connection;
  asio::posix::stream_descriptor readiness;
};

/// One method call on its way. Stays where it is until it is destroyed, which forgets the call.
struct ModemBus::Call {
  Call(Wire& wire, const std::string& owner, const std::string& path)
      : proxy(sdbus::createProxy(*wire.connection, owner, path)) {}

  template <class... Arguments>
  void send(const char* interface, const char* method, const Arguments&... arguments) {
    auto message = proxy->createMethodCall(interface, method);
    (void(message << arguments), ...);
    proxy->callMethod(
        message,
        [this](sdbus::MethodReply& answer, const sdbus::Error* failed) {
          done = true;
          if (failed != nullptr) {
            error = failed->getName();
          } else {
            reply = answer;
          }
        },
        kLongCall);
  }

  bool done = false;
  std::string error;  ///< D-Bus's name of it; empty when there is a reply
  std::optional<sdbus::MethodReply> reply;
  std::unique_ptr<sdbus::IProxy> proxy;
};

ModemBus::ModemBus(const asio::any_io_executor& executor, Clock& clock, ModemBusSettings settings)
    : executor_(executor), clock_(clock), settings_(std::move(settings)) {
  if (settings_.address.empty()) settings_.address = system_bus();
}

ModemBus::~ModemBus() = default;

asio::awaitable<ModemAnswer> ModemBus::ask(SteadyTime deadline) {
  ModemAnswer answer;
  owner_.clear();
  try {
    auto asking = try_to_ask();
    auto got = co_await with_timeout(clock_, deadline - clock_.steady(), std::move(asking));
    if (got) co_return std::move(*got);
    answer.kind = ModemAnswer::Kind::silent;
    answer.reason = owner_.empty() ? "the system bus does not answer" : "ModemManager does not answer";
  } catch (const sdbus::Error& error) {
    // The connection broke, or the answer was of another shape than ModemManager's interface has.
    answer.kind = owner_.empty() ? ModemAnswer::Kind::absent : ModemAnswer::Kind::silent;
    answer.reason = "D-Bus: " + error.getMessage();
  }
  wire_.reset();
  co_return answer;
}

asio::awaitable<ModemAnswer> ModemBus::try_to_ask() {
  ModemAnswer answer;
  auto connecting = connect();
  const bool connected = co_await std::move(connecting);
  if (!connected) {
    answer.reason = "there is no system bus at " + settings_.address;
    co_return answer;
  }
  // By its owner's name: a call to the well-known one would have the bus start ModemManager.
  Call owner(*wire_, "org.freedesktop.DBus", "/org/freedesktop/DBus");
  owner.send("org.freedesktop.DBus", "GetNameOwner", std::string(kName));
  auto finding = answered(owner);
  if (!co_await std::move(finding)) {
    answer.reason = "there is no ModemManager";
    co_return answer;
  }
  *owner.reply >> owner_;

  Call objects(*wire_, owner_, "/org/freedesktop/ModemManager1");
  objects.send("org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
  auto listing = answered(objects);
  if (!co_await std::move(listing)) {
    answer.kind = ModemAnswer::Kind::silent;
    answer.reason = "ModemManager gives no answer: " + objects.error;
    co_return answer;
  }
  Objects managed;
  *objects.reply >> managed;
  answer.kind = ModemAnswer::Kind::answered;
  std::optional<ModemReading> unasked;
  for (const auto& [path, interfaces] : managed) {
    const auto* properties = interface_of(interfaces, kModem);
    if (properties == nullptr) continue;
    answer.modems.push_back(read_modem(path, interfaces, *properties));
    if (does_not_measure(interfaces, answer.modems.back())) unasked = answer.modems.back();
  }
  std::ranges::sort(answer.modems, found_earlier);
  if (unasked && settings_.signal_rate.count() > 0) {
    auto setting = have_signals_measured(*unasked);
    co_await std::move(setting);
  }
  co_return answer;
}

asio::awaitable<bool> ModemBus::have_signals_measured(const ModemReading& modem) {
  const std::string asked = owner_ + modem.path;
  if (asked == refused_by_ && clock_.steady() < refused_until_) co_return false;
  Call setup(*wire_, owner_, modem.path);
  setup.send(kSignal, "Setup", static_cast<std::uint32_t>(settings_.signal_rate.count()));
  auto setting = answered(setup);
  const bool taken = co_await std::move(setting);
  if (!taken) {
    refused_by_ = asked;
    refused_until_ = clock_.steady() + kAfterRefusal;
  }
  co_return taken;
}

asio::awaitable<bool> ModemBus::answered(const Call& call) {
  sdbus::IConnection& bus = *wire_->connection;
  while (true) {
    while (bus.processPendingRequest()) {
    }
    if (call.done) co_return call.reply.has_value();
    using Wait = asio::posix::stream_descriptor;
    const auto events = bus.getEventLoopPollData().events;
    co_await wire_->readiness.async_wait((events & POLLOUT) != 0 ? Wait::wait_write : Wait::wait_read,
                                         asio::use_awaitable);
  }
}

/// sd-bus waits up to 90 s for a bus that is there and says nothing, and cannot be told to stop: so it is
/// heard first whether somebody speaks, and then a thread of its own does the waiting.
asio::awaitable<bool> ModemBus::connect() {
  if (wire_) co_return true;
  auto knocking = knock();
  if (!co_await std::move(knocking)) co_return false;
  WorkerThread hands;
  auto made = std::make_shared<std::unique_ptr<sdbus::IConnection>>();
  auto job = [made, address = settings_.address] {
    *made = sdbus::createSessionBusConnectionWithAddress(address);
  };
  co_await hands.run(std::move(job));
  wire_ = std::make_unique<Wire>(executor_, std::move(*made));
  co_return true;
}

asio::awaitable<bool> ModemBus::knock() {
  const std::string path = socket_path(settings_.address);
  if (path.empty()) co_return true;
  boost::system::error_code failed;
  asio::local::stream_protocol::socket socket(executor_);
  const asio::local::stream_protocol::endpoint bus(path);
  co_await socket.async_connect(bus, asio::redirect_error(asio::use_awaitable, failed));
  // "Initial authentication" of the D-Bus specification: a zero, then the handshake's first line.
  constexpr std::string_view kGreeting("\0AUTH EXTERNAL\r\n", 16);
  if (!failed) {
    co_await asio::async_write(socket, asio::buffer(kGreeting),
                               asio::redirect_error(asio::use_awaitable, failed));
  }
  std::array<char, 1> byte{};
  if (!failed) {
    co_await asio::async_read(socket, asio::buffer(byte), asio::redirect_error(asio::use_awaitable, failed));
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return !failed;
}

}  // namespace xalink
