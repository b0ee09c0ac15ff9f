#include "agent/service_proofs.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <optional>

#include "agent/note_text.hpp"

namespace xalink {
namespace {

constexpr std::string_view kForm = "proofs 1";
constexpr std::size_t kMostServices = 1000;  // far beyond what a configuration holds

std::optional<std::pair<std::string, ServiceProof>> proof_in(std::string_view line) {
  const auto service = take_until(line, '\t');
  ServiceProof proof;
  proof.issuer = take_until(line, '\t');
  while (!line.empty()) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(take_until(line, ' ')), error);
    if (error) return std::nullopt;
    proof.addresses.push_back(address);
  }
  if (service.empty() || proof == ServiceProof()) return std::nullopt;
  return std::pair(std::string(service), std::move(proof));
}

bool still_does(const ServiceProof& kept, const ServiceProof& now) {
  const auto is_known = [&](const auto& address) {
    return std::ranges::find(kept.addresses, address) != kept.addresses.end();
  };
  return kept.issuer == now.issuer &&
         (now.addresses.empty() || std::ranges::any_of(now.addresses, is_known));
}

}  // namespace

const ServiceProof& ServiceProofs::of(std::string_view service) const {
  static const ServiceProof nothing;
  const auto proof = all_.find(service);
  return proof == all_.end() ? nothing : proof->second;
}

void ServiceProofs::found_at(const std::string& service, std::vector<boost::asio::ip::address> addresses) {
  all_[service].addresses = std::move(addresses);
  if (changed_) changed_();
}

void ServiceProofs::issued_by(const std::string& service, std::string issuer) {
  all_[service].issuer = one_field(issuer);
  if (changed_) changed_();
}

void ServiceProofs::recall(std::string_view text) {
  if (take_until(text, '\n') != kForm) return;
  while (!text.empty() && kept_.size() < kMostServices) {
    auto proof = proof_in(take_until(text, '\n'));
    if (!proof) continue;
    kept_.insert(*proof);
    all_.insert(std::move(*proof));
  }
}

std::string ServiceProofs::to_text(const All& all) {
  std::string text(kForm);
  for (const auto& [service, proof] : all) {
    text += '\n' + one_field(service) + '\t' + proof.issuer + '\t';
    for (const auto& address : proof.addresses) text += address.to_string() + ' ';
    if (!proof.addresses.empty()) text.pop_back();
  }
  return text;
}

bool ServiceProofs::has_news() const {
  return std::ranges::any_of(all_, [this](const auto& entry) {
    const auto kept = kept_.find(entry.first);
    return kept == kept_.end() || !still_does(kept->second, entry.second);
  });
}

}  // namespace xalink
