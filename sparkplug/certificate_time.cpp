#include "sparkplug/certificate_time.hpp"

#include <openssl/x509_vfy.h>

#include <ctime>
#include <new>

namespace xalink {
namespace {

// What every TLS client of OpenSSL looks up for a server's chain, in its own table before the built-in one.
// Paho has no setting for the time of verification, and needs none this way.
constexpr const char* kParameters = "ssl_server";

// Made once and kept: OpenSSL does not free the name of an entry with the entry. Its table owns it.
X509_VERIFY_PARAM* make_entry() {
  X509_VERIFY_PARAM* entry = X509_VERIFY_PARAM_new();
  if (entry == nullptr) throw std::bad_alloc();
  if (X509_VERIFY_PARAM_set1(entry, X509_VERIFY_PARAM_lookup(kParameters)) == 1 &&
      X509_VERIFY_PARAM_set1_name(entry, kParameters) == 1 && X509_VERIFY_PARAM_add0_table(entry) == 1)
    return entry;
  X509_VERIFY_PARAM_free(entry);
  throw std::bad_alloc();
}

}  // namespace

void check_certificates_at(std::optional<WallTime> time) {
  static X509_VERIFY_PARAM* const entry = make_entry();
  if (!time) {
    X509_VERIFY_PARAM_clear_flags(entry, X509_V_FLAG_USE_CHECK_TIME);
    return;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  X509_VERIFY_PARAM_set_time(entry, static_cast<std::time_t>(seconds));
}

}  // namespace xalink
