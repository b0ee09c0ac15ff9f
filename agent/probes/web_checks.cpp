#include "agent/probes/web_checks.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/linux/small_file.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

// Login pages are longer, and nobody reads them.
constexpr std::size_t kLongestAnswer = 64 * 1024;

Value text_or_null(std::string text) {
  return text.empty() ? Value() : Value(std::move(text));
}

WebCheckSettings without_proxy(WebCheckSettings settings) {
  settings.proxy.reset();
  return settings;
}

}  // namespace

std::optional<std::string> address_in_body(std::string_view body) {
  std::string_view text = trimmed(body);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  // A scope would be one of another machine.
  if (text.find('%') != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address.to_string();
}

WebCheck::WebCheck(Clock& clock, WebCheckSettings settings, Schema schema)
    : clock_(clock), settings_(std::move(settings)), schema_(std::move(schema)) {}

boost::asio::awaitable<std::vector<Value>> WebCheck::measure(SteadyTime deadline) {
  HttpQuestion question;
  question.url = settings_.url;
  question.accept = "*/*";
  question.ca_file = settings_.ca_file;
  question.header = "Location";
  question.max_answer_bytes = kLongestAnswer;
  question.proxy = settings_.proxy;
  ResolverSettings resolver = settings_.resolver;
  auto asking = http_get(clock_, std::move(resolver), std::move(question), deadline - clock_.steady());
  const Result<HttpAnswer> answer = co_await std::move(asking);
  co_return judge(answer);
}

CaptivePortalProbe::CaptivePortalProbe(Clock& clock, WebCheckSettings settings)
    : WebCheck(clock, without_proxy(std::move(settings)), captive_portal_schema()) {}

std::vector<Value> CaptivePortalProbe::judge(const Result<HttpAnswer>& answer) const {
  if (!answer) return {std::string("no answer"), Value(), Value(), answer.error().what};
  PortalFinding finding =
      judge_answer(settings().url, settings().expected, answer->status, answer->header, answer->body);
  return {std::string(to_string(finding.kind)), std::uint64_t{answer->status},
          text_or_null(std::move(finding.sent_to)), text_or_null(std::move(finding.reason))};
}

PublicAddressProbe::PublicAddressProbe(Clock& clock, WebCheckSettings settings)
    : WebCheck(clock, std::move(settings), public_address_schema()) {}

std::vector<Value> PublicAddressProbe::judge(const Result<HttpAnswer>& answer) const {
  if (!answer) return {Value(), answer.error().what};
  if (answer->status != 200) return {Value(), "status " + std::to_string(answer->status)};
  auto address = address_in_body(answer->body);
  if (!address) return {Value(), std::string("the answer is no address")};
  return {std::move(*address), Value()};
}

}  // namespace xalink
