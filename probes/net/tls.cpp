#include "probes/net/tls.hpp"

#include <openssl/ssl.h>

namespace sonde::net {

TlsContexts::~TlsContexts() {
  for (auto& [settings, context] : contexts_) SSL_CTX_free(context);
}

std::expected<ssl_ctx_st*, Failure> TlsContexts::context(const TlsSettings&) {
  return std::unexpected(Failure{Reason::own_request, "TLS is not built in"});
}

}  // namespace sonde::net
