#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/access/web_settings.hpp"

struct ssl_ctx_st;
struct x509_store_ctx_st;

namespace sonde::access {

// What a handshake has learned of a client's certificate; application data of its SSL object.
struct ClientCertificate {
  bool sent = false;
  bool accepted = false;  // as client_auth_type and client_allowed_sans want it
  bool verified = false;  // accepted, and issued by an authority of client_ca
};

// What `tls_server_config` names, as PEM texts.
struct TlsMaterial {
  std::string cert, client_ca;
  Hidden key;
};

// A mistake of `tls_server_config`: its key, and what is wrong.
struct TlsMistake {
  std::string_view key;
  std::string text;
};

// The OpenSSL context of a listener, made once for each content of the configuration. Sessions are
// not resumed, so every connection shows its certificate anew. Immutable; connections share it.
class TlsServer {
 public:
  // `defers`: a missing or wrong certificate does not end the handshake; whoever answers the
  // request has to look at ClientCertificate, because some paths need none.
  static std::expected<std::shared_ptr<const TlsServer>, TlsMistake> make(
      const TlsServerSettings& settings, const TlsMaterial& material, bool defers);
  // What is wrong with the versions, suites and curves, without any file.
  static std::expected<void, TlsMistake> check(const TlsServerSettings& settings);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  ssl_ctx_st* context() const { return context_; }
  // Whether a request needs an accepted certificate.
  bool requires_certificate() const;
  bool verifies_certificates() const;
  // Whether the certificate of the server has expired, or is not valid yet.
  bool is_out_of_date() const;

 private:
  TlsServer() = default;
  using Step = std::expected<void, TlsMistake>;
  Step prepare(const TlsServerSettings& settings);
  Step load(const TlsMaterial& material);
  Step load_authorities(const std::string& pem);
  Step set_ciphers(const TlsServerSettings& settings);
  Step set_curves(const TlsServerSettings& settings);
  Step set_versions(const TlsServerSettings& settings);
  void set_client_auth();
  bool has_allowed_name(x509_store_ctx_st* chain) const;
  static int verify_client(x509_store_ctx_st* chain, void* self);

  ssl_ctx_st* context_ = nullptr;
  ClientAuth client_auth_ = ClientAuth::none;
  std::vector<std::string> allowed_sans_;
  bool defers_ = false;
};

}  // namespace sonde::access
