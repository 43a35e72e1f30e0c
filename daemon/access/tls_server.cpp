#include "daemon/access/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <map>

#include "daemon/access/tls_names.hpp"

namespace sonde::access {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

std::unexpected<TlsMistake> wrong_key(std::string_view key, std::string text) {
  return std::unexpected(TlsMistake{key, std::move(text)});
}

// The PEM of an encrypted key would make OpenSSL ask on the terminal.
int without_password(char*, int, int, void*) { return -1; }

std::vector<Certificate> read_certificates(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::vector<Certificate> all;
  for (;;) {
    Certificate one(PEM_read_bio_X509(bio.get(), nullptr, without_password, nullptr), X509_free);
    if (!one) break;
    all.push_back(std::move(one));
  }
  ERR_clear_error();
  return all;
}

Key read_key(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  return {PEM_read_bio_PrivateKey(bio.get(), nullptr, without_password, nullptr), EVP_PKEY_free};
}

// HTTP/1.1 is the only protocol here; a client that offers none of ours gets it too.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
  static constexpr std::array<unsigned char, 9> own = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, own.data(), own.size(), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void set_common(SSL_CTX* context, bool prefer_server) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (prefer_server) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_verify_depth(context, 10);
}

// The text of a name as Go compares it; nullopt: a kind of name that is not compared.
std::optional<std::string> text_of(const GENERAL_NAME& name) {
  const ASN1_STRING* text = nullptr;
  if (name.type == GEN_DNS) text = name.d.dNSName;
  if (name.type == GEN_EMAIL) text = name.d.rfc822Name;
  if (name.type == GEN_URI) text = name.d.uniformResourceIdentifier;
  if (name.type == GEN_IPADD) text = name.d.iPAddress;
  if (text == nullptr) return std::nullopt;
  const std::string bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                          static_cast<std::size_t>(ASN1_STRING_length(text)));
  return name.type == GEN_IPADD ? show_address(bytes) : bytes;
}

}  // namespace

TlsServer::~TlsServer() { SSL_CTX_free(context_); }

std::expected<std::shared_ptr<const TlsServer>, TlsMistake> TlsServer::make(
    const TlsServerSettings& settings, const TlsMaterial& material, bool defers) {
  std::shared_ptr<TlsServer> server(new TlsServer);
  if (auto step = server->prepare(settings); !step) return std::unexpected(step.error());
  server->client_auth_ = settings.client_auth;
  server->allowed_sans_ = settings.client_allowed_sans;
  server->defers_ = defers;
  if (auto step = server->load(material); !step) return std::unexpected(step.error());
  if (auto step = server->load_authorities(material.client_ca); !step)
    return std::unexpected(step.error());
  server->set_client_auth();
  return server;
}

std::expected<void, TlsMistake> TlsServer::check(const TlsServerSettings& settings) {
  TlsServer server;
  return server.prepare(settings);
}

// Everything that needs no file.
TlsServer::Step TlsServer::prepare(const TlsServerSettings& settings) {
  ERR_clear_error();
  context_ = SSL_CTX_new(TLS_server_method());
  if (context_ == nullptr) return wrong_key("", "no TLS context: " + last_reason());
  set_common(context_, settings.prefer_server_cipher_suites);
  if (auto step = set_versions(settings); !step) return step;
  if (auto step = set_ciphers(settings); !step) return step;
  return set_curves(settings);
}

TlsServer::Step TlsServer::load(const TlsMaterial& material) {
  auto chain = read_certificates(material.cert);
  if (chain.empty()) return wrong_key("cert", "no certificate (PEM) is in it");
  ERR_clear_error();
  if (SSL_CTX_use_certificate(context_, chain.front().get()) != 1)
    return wrong_key("cert", last_reason());
  for (auto one = chain.begin() + 1; one != chain.end(); ++one)
    if (SSL_CTX_add1_chain_cert(context_, one->get()) != 1)
      return wrong_key("cert", "an authority of the chain: " + last_reason());
  const Key key = read_key(material.key.reveal());
  if (!key) return wrong_key("key", "no private key (PEM, without a passphrase) is in it");
  ERR_clear_error();
  if (X509_check_private_key(chain.front().get(), key.get()) != 1)
    return wrong_key("key", "it is not the key of the certificate");
  if (SSL_CTX_use_PrivateKey(context_, key.get()) != 1) return wrong_key("key", last_reason());
  return {};
}

// As in Go, each certificate is an authority by itself, also one that another has issued.
TlsServer::Step TlsServer::load_authorities(const std::string& pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(context_);
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  if (pem.empty()) return {};
  const auto authorities = read_certificates(pem);
  if (authorities.empty()) return wrong_key("client_ca", "no certificate (PEM) is in it");
  for (const Certificate& authority : authorities) {
    X509_STORE_add_cert(store, authority.get());
    SSL_CTX_add_client_CA(context_, authority.get());
  }
  return {};
}

TlsServer::Step TlsServer::set_versions(const TlsServerSettings& settings) {
  if (settings.min_version > settings.max_version)
    return wrong_key("min_version", "is above max_version");
  const auto number = [](TlsVersion version) {
    return version == TlsVersion::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  };
  SSL_CTX_set_min_proto_version(context_, number(settings.min_version));
  SSL_CTX_set_max_proto_version(context_, number(settings.max_version));
  return {};
}

// The suites of TLS 1.3 are not configurable, as in Go; a list of them alone leaves none for 1.2.
TlsServer::Step TlsServer::set_ciphers(const TlsServerSettings& settings) {
  if (settings.cipher_suites.empty()) {
    SSL_CTX_set_cipher_list(context_, "DEFAULT:!kDHE:!kRSA:!kPSK:!aPSK:!aNULL");
    return {};
  }
  std::string list;
  for (const std::string& name : settings.cipher_suites) {
    const auto suite = cipher_suite(name);
    if (!suite)
      return wrong_key("cipher_suites", config::no_such("cipher suite", name, cipher_names()));
    if (!suite->empty()) list += (list.empty() ? "" : ":") + std::string(*suite);
  }
  if (list.empty() && settings.max_version == TlsVersion::tls12)
    return wrong_key("cipher_suites", "none of them is a suite of TLS 1.2");
  if (list.empty()) SSL_CTX_set_min_proto_version(context_, TLS1_3_VERSION);
  if (!list.empty() && SSL_CTX_set_cipher_list(context_, list.c_str()) != 1)
    return wrong_key("cipher_suites", last_reason());
  return {};
}

TlsServer::Step TlsServer::set_curves(const TlsServerSettings& settings) {
  std::string list;
  for (const std::string& name : settings.curve_preferences) {
    const auto curve = curve_name(name);
    if (!curve)
      return wrong_key("curve_preferences", config::no_such("curve", name, curve_names()));
    list += (list.empty() ? "" : ":") + std::string(*curve);
  }
  if (!list.empty() && SSL_CTX_set1_groups_list(context_, list.c_str()) != 1)
    return wrong_key("curve_preferences", last_reason());
  return {};
}

void TlsServer::set_client_auth() {
  if (client_auth_ == ClientAuth::none) return;
  int mode = SSL_VERIFY_PEER;
  if (requires_certificate() && !defers_) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context_, mode, nullptr);
  SSL_CTX_set_cert_verify_callback(context_, verify_client, this);
}

bool TlsServer::requires_certificate() const {
  return client_auth_ == ClientAuth::require_any || client_auth_ == ClientAuth::verify;
}

bool TlsServer::verifies_certificates() const {
  return client_auth_ == ClientAuth::verify_if_given || client_auth_ == ClientAuth::verify;
}

bool TlsServer::is_out_of_date() const {
  const X509* own = SSL_CTX_get0_certificate(context_);
  return X509_cmp_current_time(X509_get0_notAfter(own)) < 0 ||
         X509_cmp_current_time(X509_get0_notBefore(own)) > 0;
}

bool TlsServer::has_allowed_name(x509_store_ctx_st* chain) const {
  if (allowed_sans_.empty()) return true;
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  auto* names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  bool allowed = false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && !allowed; ++i) {
    const auto text = text_of(*sk_GENERAL_NAME_value(names, i));
    allowed = text && std::ranges::find(allowed_sans_, *text) != allowed_sans_.end();
  }
  GENERAL_NAMES_free(names);
  return allowed;
}

int TlsServer::verify_client(x509_store_ctx_st* chain, void* self) {
  const auto& server = *static_cast<const TlsServer*>(self);
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& certificate = *static_cast<ClientCertificate*>(SSL_get_app_data(ssl));
  certificate.sent = true;
  const bool verified = server.verifies_certificates() && X509_verify_cert(chain) == 1;
  certificate.accepted = verified || !server.verifies_certificates();
  if (certificate.accepted && !server.has_allowed_name(chain)) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    certificate.accepted = false;
  }
  certificate.verified = verified && certificate.accepted;
  return certificate.accepted || server.defers_ ? 1 : 0;
}

}  // namespace sonde::access
