#include "sparkplug/certificate_time.hpp"

#include <openssl/x509_vfy.h>

#include <ctime>
#include <new>

namespace xalink {
namespace {

// What every TLS client of OpenSSL looks up for a server's chain, in its own table before the built-in one.
// Paho has no setting for the time of verification, and needs none this way.
constexpr const char* kParameters = "ssl_server";

}  // namespace

void check_certificates_at(std::optional<WallTime> time) {
  X509_VERIFY_PARAM_table_cleanup();
  if (!time) return;
  X509_VERIFY_PARAM* parameters = X509_VERIFY_PARAM_new();
  if (parameters == nullptr) throw std::bad_alloc();
  const bool made = X509_VERIFY_PARAM_set1(parameters, X509_VERIFY_PARAM_lookup(kParameters)) == 1 &&
                    X509_VERIFY_PARAM_set1_name(parameters, kParameters) == 1;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(seconds));
  if (made && X509_VERIFY_PARAM_add0_table(parameters) == 1) return;
  X509_VERIFY_PARAM_free(parameters);
  throw std::bad_alloc();
}

}  // namespace xalink
