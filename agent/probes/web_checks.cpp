#include "agent/probes/web_checks.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/dossiers/http_get.hpp"
#include "agent/linux/small_file.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

// Login pages are longer, and nobody reads them.
constexpr std::size_t kLongestAnswer = 64 * 1024;

HttpQuestion question_of(const WebCheckSettings& settings) {
  HttpQuestion question;
  question.url = settings.url;
  question.accept = "*/*";
  question.ca_file = settings.ca_file;
  question.header = "Location";
  question.max_answer_bytes = kLongestAnswer;
  return question;
}

Value text_or_null(std::string text) {
  return text.empty() ? Value() : Value(std::move(text));
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

CaptivePortalProbe::CaptivePortalProbe(Clock& clock, WebCheckSettings settings)
    : clock_(clock), settings_(std::move(settings)), schema_(captive_portal_schema()) {}

boost::asio::awaitable<std::vector<Value>> CaptivePortalProbe::measure(SteadyTime deadline) {
  HttpQuestion question = question_of(settings_);
  ResolverSettings resolver = settings_.resolver;
  auto asking = http_get(clock_, std::move(resolver), std::move(question), deadline - clock_.steady());
  const Result<HttpAnswer> answer = co_await std::move(asking);
  std::vector<Value> values;
  if (!answer) {
    values.emplace_back(std::string("no answer"));
    values.emplace_back();
    values.emplace_back();
    values.emplace_back(answer.error().what);
    co_return values;
  }
  PortalFinding finding =
      judge_answer(settings_.url, settings_.expected, answer->status, answer->header, answer->body);
  values.emplace_back(std::string(to_string(finding.kind)));
  values.emplace_back(std::uint64_t{answer->status});
  values.push_back(text_or_null(std::move(finding.sent_to)));
  values.push_back(text_or_null(std::move(finding.reason)));
  co_return values;
}

PublicAddressProbe::PublicAddressProbe(Clock& clock, WebCheckSettings settings)
    : clock_(clock), settings_(std::move(settings)), schema_(public_address_schema()) {}

boost::asio::awaitable<std::vector<Value>> PublicAddressProbe::measure(SteadyTime deadline) {
  HttpQuestion question = question_of(settings_);
  question.proxy = settings_.proxy;
  ResolverSettings resolver = settings_.resolver;
  auto asking = http_get(clock_, std::move(resolver), std::move(question), deadline - clock_.steady());
  const Result<HttpAnswer> answer = co_await std::move(asking);
  std::vector<Value> values(2);
  if (!answer) {
    values[1] = answer.error().what;
  } else if (answer->status != 200) {
    values[1] = "status " + std::to_string(answer->status);
  } else if (auto address = address_in_body(answer->body)) {
    values[0] = std::move(*address);
  } else {
    values[1] = std::string("the answer is no address");
  }
  co_return values;
}

}  // namespace xalink
