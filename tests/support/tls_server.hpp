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
  std::string alpn;          // all that it speaks, "h2"; empty: it does not care
  std::string client_ca;     // PEM file; a client without a certificate of it is refused
  int max_version = 0;       // TLS1_2_VERSION; 0: whatever OpenSSL has
  bool forces_alpn = false;  // selects `alpn` although it was not offered
  bool hates_alpn = false;   // ends the session of a client with which it agreed on a protocol
  std::uint16_t relay = 0;   // a loopback port that gets the bytes; 0: they are echoed
};

// A TLS server on loopback that echoes or relays what it is sent, until the client ends the
// session.
class TlsServer {
 public:
  explicit TlsServer(const TlsServing& how, const std::string& address = "127.0.0.1");
  ~TlsServer();
  std::uint16_t port() const { return tcp_->port(); }
  // What SNI named first; empty: nothing. Waits for that.
  std::string server_name() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<TcpServer> tcp_;
};

}  // namespace sonde::test
