#pragma once
// Where each service last proved who it is: what a DNS that lies and a proxy that intercepts are known by.
// Rules without I/O.

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xalink {

/// Of one service, by a certificate that was checked.
struct ServiceProof {
  std::vector<boost::asio::ip::address> addresses;  ///< none through a proxy
  std::string issuer;                               ///< of its certificate
  friend bool operator==(const ServiceProof&, const ServiceProof&) = default;
};

/// Shared by the probes of the services. Thread-safety: none; one loop.
class ServiceProofs {
 public:
  using All = std::map<std::string, ServiceProof, std::less<>>;

  /// Nothing known: an empty proof.
  [[nodiscard]] const ServiceProof& of(std::string_view service) const;
  void found_at(const std::string& service, std::vector<boost::asio::ip::address> addresses);
  void issued_by(const std::string& service, std::string issuer);

  /// Of an earlier life. What has proved itself since stays; lines that cannot be read are left out.
  void recall(std::string_view text);
  [[nodiscard]] static std::string to_text(const All& all);
  [[nodiscard]] const All& all() const { return all_; }
  /// `all` is what is remembered on the disk.
  void kept(All all) { kept_ = std::move(all); }
  /// What is on the disk would not do after a restart: a service is at none of its addresses there, or has a
  /// certificate of somebody else. Addresses that only take turns are no news.
  [[nodiscard]] bool has_news() const;
  /// Called whenever has_news() may have become true.
  void listen(std::function<void()> changed) { changed_ = std::move(changed); }

 private:
  All all_;
  All kept_;
  std::function<void()> changed_;
};

}  // namespace xalink
