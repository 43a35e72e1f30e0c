#pragma once
#include <expected>
#include <map>
#include <string>

#include "probes/core/reason.hpp"
#include "probes/net/settings.hpp"
#include "probes/net/tls/tls_verify.hpp"

struct ssl_ctx_st;
struct x509_store_st;

namespace sonde::net {

// One OpenSSL context for each distinct setting, made at its first use. Contexts that trust the
// system's authorities share one store, which is read only if needed, because it can take long and
// use much memory. Single-threaded.
class TlsContexts {
 public:
  TlsContexts() = default;
  ~TlsContexts();
  TlsContexts(const TlsContexts&) = delete;
  TlsContexts& operator=(const TlsContexts&) = delete;

  // The context is owned by this object. Fails with own_secret if a file cannot be read or parsed,
  // or if the system has no certificate authorities and they are needed; the next call tries again.
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

// Reports what is wrong with the files that `settings` names; called while loading.
std::expected<void, std::string> check(const TlsSettings& settings);

}  // namespace sonde::net
