#pragma once
#include <expected>
#include <map>
#include <string>

#include "probes/net/settings.hpp"
#include "probes/reason.hpp"

struct ssl_ctx_st;

namespace sonde::net {

// One OpenSSL context for each distinct setting, made when it is first used: reading the system's
// authorities takes long and much memory. Used from one thread only.
class TlsContexts {
 public:
  TlsContexts() = default;
  ~TlsContexts();
  TlsContexts(const TlsContexts&) = delete;
  TlsContexts& operator=(const TlsContexts&) = delete;

  // Owned by this. A file that cannot be read or does not parse is own_secret; it is tried again
  // at the next use.
  std::expected<ssl_ctx_st*, Failure> context(const TlsSettings& settings);

 private:
  std::map<TlsSettings, ssl_ctx_st*> contexts_;
};

// What is wrong with the files that `settings` names; for the time of loading.
std::expected<void, std::string> check(const TlsSettings& settings);

}  // namespace sonde::net
