#pragma once
#include <expected>
#include <map>
#include <string>

#include "probes/core/reason.hpp"
#include "probes/net/settings.hpp"
#include "probes/net/tls/tls_verified.hpp"

struct ssl_ctx_st;
struct x509_store_st;

namespace sonde::net {

// One OpenSSL context for each distinct setting, made when it is first used. Those that trust the
// system's authorities share one store of them, read only if it is needed: it may take long and
// much memory. Used from one thread only.
class TlsContexts {
 public:
  TlsContexts() = default;
  ~TlsContexts();
  TlsContexts(const TlsContexts&) = delete;
  TlsContexts& operator=(const TlsContexts&) = delete;

  // Owned by this. A file that cannot be read or does not parse is own_secret, and so is a system
  // that knows no authority where one is needed; it is tried again at the next use.
  std::expected<ssl_ctx_st*, Failure> context(const TlsSettings& settings);

 private:
  std::expected<void, std::string> trust_system(ssl_ctx_st* context);

  struct One {
    ssl_ctx_st* context = nullptr;
    GoodChains good_chains;
  };
  std::map<TlsSettings, One> contexts_;
  x509_store_st* system_ = nullptr;
};

// What is wrong with the files that `settings` names; for the time of loading.
std::expected<void, std::string> check(const TlsSettings& settings);

}  // namespace sonde::net
