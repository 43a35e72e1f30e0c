#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/tcp_server.hpp"

struct ssl_ctx_st;

namespace sonde::test {

struct TlsServing {
  Identity identity;
  std::string alpn;          // the only protocol that it supports, "h2"; empty: no restriction
  std::string client_ca;     // PEM file; clients without a certificate from it are rejected
  int max_version = 0;       // TLS1_2_VERSION; 0: the maximum of OpenSSL
  bool forces_alpn = false;  // selects `alpn` although it was not offered
  bool hates_alpn = false;   // ends the session if a protocol was negotiated
  std::uint16_t relay = 0;   // a loopback port that gets the bytes; 0: they are echoed
};

// A TLS server on loopback that echoes or relays what it receives, until the client ends the
// session.
class TlsServer {
 public:
  explicit TlsServer(const TlsServing& how, const std::string& address = "127.0.0.1");
  ~TlsServer();
  std::uint16_t port() const { return tcp_->port(); }
  // The first SNI name; empty: none. Waits for it.
  std::string server_name() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<TcpServer> tcp_;
};

}  // namespace sonde::test
