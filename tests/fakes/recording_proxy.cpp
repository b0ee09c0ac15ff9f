#include "tests/fakes/recording_proxy.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "sparkplug/asio_clock.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace xalink::test {

class RecordingProxy::Relay {
 public:
  explicit Relay(std::uint16_t broker_port)
      : broker_(asio::ip::address_v4::loopback(), broker_port),
        acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(loop_, accept(), asio::detached);
    thread_ = std::thread([this] { loop_.run(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    loop_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void refuse(bool on) {
    asio::post(loop_, [this, on] { refusing_ = on; });
  }
  void silence(bool on) {
    asio::post(loop_, [this, on] {
      silent_ = on;
      for (const auto& link : links_) link->resume.cancel();
    });
  }
  void cut(std::string client_id) {
    asio::post(loop_, [this, client_id = std::move(client_id)] {
      for (const auto& link : links_) {
        if (client_id.empty() || link->client_id == client_id) link->close();
      }
    });
  }

  [[nodiscard]] std::vector<Captured> captured() const {
    const std::scoped_lock lock(mutex_);
    return captured_;
  }
  [[nodiscard]] bool wait_until(const std::function<bool(const std::vector<Captured>&)>& enough,
                                Duration limit) const {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, limit, [&] { return enough(captured_); });
  }

 private:
  struct Link {
    Link(asio::io_context& loop, tcp::socket client_side, std::size_t connection)
        : client(std::move(client_side)), broker(loop), resume(loop), number(connection) {}

    void close() {
      boost::system::error_code ignored;
      client.close(ignored);
      broker.close(ignored);
      resume.cancel();
    }

    tcp::socket client;
    tcp::socket broker;
    asio::steady_timer resume;  ///< cancelled when silence ends
    packet::Reader to_broker;
    packet::Reader to_client;
    std::size_t number;
    std::string client_id;
    int version = 0;
    std::optional<packet::Message> will;
    bool over = false;
  };
  using LinkPtr = std::shared_ptr<Link>;

  asio::awaitable<void> accept() {
    while (true) {
      auto client = co_await acceptor_.async_accept(asio::use_awaitable);
      if (refusing_) continue;
      auto link = std::make_shared<Link>(loop_, std::move(client), ++connections_);
      links_.push_back(link);
      asio::co_spawn(loop_, serve(link), asio::detached);
    }
  }

  asio::awaitable<void> serve(LinkPtr link) {
    auto token = asio::as_tuple(asio::use_awaitable);
    auto connecting = co_await link->broker.async_connect(broker_, token);
    if (std::get<0>(connecting)) {
      end(link);
      co_return;
    }
    boost::system::error_code ignored;
    link->client.set_option(tcp::no_delay(true), ignored);
    link->broker.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(loop_, pump(link, link->client, link->broker, Direction::to_broker), asio::detached);
    asio::co_spawn(loop_, pump(link, link->broker, link->client, Direction::to_client), asio::detached);
  }

  asio::awaitable<void> pump(LinkPtr link, tcp::socket& from, tcp::socket& to, Direction direction) {
    auto token = asio::as_tuple(asio::use_awaitable);
    std::vector<char> bytes(std::size_t{64} << 10U);
    while (true) {
      auto space = asio::buffer(bytes);
      auto reading = co_await from.async_read_some(space, token);
      auto& [read_error, size] = reading;
      if (read_error) break;
      while (silent_ && from.is_open()) {
        link->resume.expires_at(asio::steady_timer::time_point::max());
        co_await link->resume.async_wait(token);
      }
      read_along(*link, direction, std::string_view(bytes.data(), size));
      auto filled = asio::buffer(bytes.data(), size);
      auto writing = co_await asio::async_write(to, filled, token);
      if (std::get<0>(writing)) break;
    }
    end(link);
  }

  void read_along(Link& link, Direction direction, std::string_view bytes) {
    auto& reader = direction == Direction::to_broker ? link.to_broker : link.to_client;
    reader.feed(bytes, [&](packet::Packet seen) {
      if (const auto* connect = std::get_if<packet::Connect>(&seen)) {
        link.client_id = connect->client_id;
        link.version = connect->version;
        link.will = connect->will;
        link.to_client.set_version(connect->version);
      } else if (const auto* goodbye = std::get_if<packet::Disconnect>(&seen)) {
        if (direction == Direction::to_broker && goodbye->reason != 4) link.will.reset();
      }
      record(link, direction, std::move(seen));
    });
  }

  void end(const LinkPtr& link) {
    link->close();
    if (std::exchange(link->over, true)) return;
    links_.remove(link);
    record(*link, Direction::to_broker, Captured::Closed{link->will});
  }

  template <class What>
  void record(const Link& link, Direction direction, What what) {
    const std::scoped_lock lock(mutex_);
    Captured entry;
    entry.connection = link.number;
    entry.client_id = link.client_id;
    entry.version = link.version;
    entry.direction = direction;
    entry.at = clock_.wall();
    entry.what = std::move(what);
    captured_.push_back(std::move(entry));
    more_.notify_all();
  }

  AsioClock clock_;
  asio::io_context loop_{1};
  tcp::endpoint broker_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::list<LinkPtr> links_;
  std::size_t connections_ = 0;
  bool refusing_ = false;
  bool silent_ = false;

  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::vector<Captured> captured_;

  std::thread thread_;
};

RecordingProxy::RecordingProxy(std::uint16_t broker_port) : relay_(std::make_unique<Relay>(broker_port)) {}

RecordingProxy::~RecordingProxy() = default;

std::uint16_t RecordingProxy::port() const {
  return relay_->port();
}

std::vector<Captured> RecordingProxy::captured() const {
  return relay_->captured();
}

void RecordingProxy::cut(const std::string& client_id) {
  relay_->cut(client_id);
}

void RecordingProxy::refuse(bool on) {
  relay_->refuse(on);
}

void RecordingProxy::silence(bool on) {
  relay_->silence(on);
}

bool RecordingProxy::wait_until(const std::function<bool(const std::vector<Captured>&)>& enough,
                                Duration limit) const {
  return relay_->wait_until(enough, limit);
}

}  // namespace xalink::test
