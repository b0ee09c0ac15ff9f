#pragma once
// One question to a web server: GET over HTTP/1.1, TLS where the address says https.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/probes/resolver.hpp"
#include "agent/probes/service_url.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/http_proxy.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct HttpQuestion {
  ServiceUrl url;
  std::string token;               ///< sent as "Authorization: Bearer"; empty: none
  std::string etag;                ///< sent as If-None-Match; empty: none
  std::string accept;              ///< media types
  std::string ca_file;             ///< certificates to trust instead of the system's; empty: the system's
  std::optional<HttpProxy> proxy;  ///< unless the server is an exception of it
  std::string header;              ///< a header of the answer to give back; empty: none
  std::size_t max_answer_bytes = 0;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string etag;
  std::string content_type;  ///< lower case, without parameters
  std::string content_encoding;
  std::string date;  ///< of the server's clock
  std::string retry_after;
  std::string link;
  std::string header;  ///< the one that was asked for
  std::string body;
  /// The body is whole: its length was told, it came in chunks, or TLS was closed as it should be. Otherwise
  /// the connection's end is all there was, and that is how a crash ends an answer too.
  bool end_is_sure = true;
};

/// Redirects are not followed: a token goes only where the configuration sends it. An answer of any status
/// is an answer; the error says why there is none, never with the token in it. Ends by `limit` at the latest;
/// throws operation_aborted when cancelled.
boost::asio::awaitable<Result<HttpAnswer>> http_get(Clock& clock, ResolverSettings resolver,
                                                    HttpQuestion question, Duration limit);

}  // namespace xalink
