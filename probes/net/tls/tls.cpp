#include "probes/net/tls/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "config/file.hpp"
#include "probes/net/tls/tls_authorities.hpp"
#include "probes/net/tls/tls_verify.hpp"

namespace sonde::net {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// OpenSSL's innermost reason; for a missing file errno's.
std::string openssl_reason() {
  const auto error = ERR_peek_error();
  const char* reason = ERR_SYSTEM_ERROR(error) ? std::strerror(ERR_GET_REASON(error))
                                               : ERR_reason_error_string(error);
  return reason ? reason : "unknown error";
}

std::unexpected<std::string> wrong(std::string_view key, const std::string& file) {
  return std::unexpected("tls." + std::string(key) + " " + file + ": " + openssl_reason());
}

// An encrypted key would make OpenSSL ask on the terminal.
int no_password(char*, int, int, void*) { return -1; }

using Loaded = std::expected<void, std::string>;

Loaded load_identity(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.cert.empty() != settings.key.empty())
    return std::unexpected("tls.cert and tls.key are given together or not at all");
  if (settings.cert.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert.c_str()) != 1)
    return wrong("cert", settings.cert);
  if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return wrong("key", settings.key);
  return {};
}

// OpenSSL would block on a FIFO.
Loaded check_regular(const TlsSettings& settings) {
  for (const std::string* file : {&settings.ca, &settings.cert, &settings.key})
    if (const std::string wrong = config::not_regular(*file); !wrong.empty())
      return std::unexpected("tls: " + *file + " " + wrong);
  return {};
}

Loaded load_files(SSL_CTX* context, const TlsSettings& settings) {
  ERR_clear_error();
  if (auto regular = check_regular(settings); !regular) return regular;
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (!settings.ca.empty() &&
      SSL_CTX_load_verify_locations(context, settings.ca.c_str(), nullptr) != 1)
    return wrong("ca", settings.ca);
  return load_identity(context, settings);
}

void set_up(SSL_CTX* context, const TlsSettings& settings) {
  SSL_CTX_set_min_proto_version(context,
                                settings.min_version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION);
  // In the order of browsers, which differs from OpenSSL's.
  SSL_CTX_set_ciphersuites(
      context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  // Like browsers, does not offer finite-field Diffie-Hellman, whose groups a server may make very
  // large: one handshake would block the loop for a second.
  SSL_CTX_set_cipher_list(context, "DEFAULT:!kDHE");
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:P-521");
  // Every run measures a full handshake. A FIN without close_notify is accepted as an end.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one system call, not two
  constexpr unsigned char protocols[] = "\x08http/1.1";
  if (settings.alpn) SSL_CTX_set_alpn_protos(context, protocols, sizeof protocols - 1);
  SSL_CTX_set_verify_depth(context, 10);  // authorities between the two ends of a chain
  SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
}

std::expected<Context, std::string> make(const TlsSettings& settings) {
  Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return std::unexpected("no TLS context: " + openssl_reason());
  set_up(context.get(), settings);
  if (auto loaded = load_files(context.get(), settings); !loaded)
    return std::unexpected(std::move(loaded.error()));
  return context;
}

}  // namespace

TlsContexts::~TlsContexts() {
  for (auto& [settings, one] : contexts_) SSL_CTX_free(one.context);
  X509_STORE_free(system_);
}

std::expected<void, std::string> TlsContexts::trust_system(ssl_ctx_st* context) {
  if (!system_) {
    const auto found = system_authorities();
    if (!found) return std::unexpected(found.error());
    system_ = *found;
  }
  SSL_CTX_set1_cert_store(context, system_);
  return {};
}

std::expected<ssl_ctx_st*, Failure> TlsContexts::context(const TlsSettings& settings) {
  const auto found = contexts_.find(settings);
  if (found != contexts_.end()) return found->second.context;
  auto made = make(settings);
  if (!made) return std::unexpected(Failure{Reason::own_secret, std::move(made.error())});
  if (settings.verify && settings.ca.empty())
    if (auto trusted = trust_system(made->get()); !trusted)
      return std::unexpected(Failure{Reason::own_secret, std::move(trusted.error())});
  auto& one = contexts_[settings];  // its address is stable; the callback points to it
  one.context = made->release();
  SSL_CTX_set_cert_verify_callback(one.context, verify_server, &one.good_chains);
  return one.context;
}

std::expected<void, std::string> check(const TlsSettings& settings) {
  auto made = make(settings);
  if (!made) return std::unexpected(std::move(made.error()));
  return {};
}

}  // namespace sonde::net
