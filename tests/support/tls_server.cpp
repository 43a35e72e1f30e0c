#include "tests/support/tls_server.hpp"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>

namespace sonde::test {

struct TlsServer::State {
  ssl_ctx_st* context = nullptr;
  std::string protocols;  // in ALPN's format
  bool forces = false, hates = false;
  std::uint16_t relay = 0;
  std::atomic_flag named;
  std::promise<std::string> name;
  std::shared_future<std::string> named_as = name.get_future().share();
  ~State() { SSL_CTX_free(context); }
  void serve(int fd);
  void carry(SSL* ssl, int fd) const;
  static int choose(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void* self);
};

int TlsServer::State::choose(SSL*, const unsigned char** out, unsigned char* out_size,
                             const unsigned char* in, unsigned in_size, void* self) {
  const auto& state = *static_cast<State*>(self);
  const auto* own = reinterpret_cast<const unsigned char*>(state.protocols.data());
  if (state.forces) {
    *out = own + 1;
    *out_size = own[0];
    return SSL_TLSEXT_ERR_OK;
  }
  const auto size = static_cast<unsigned>(state.protocols.size());
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, own, size, in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

namespace {

bool chose(const SSL* ssl) {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  return size > 0;
}

void echo(SSL* ssl) {
  char bytes[4096];
  for (int count = 0; (count = SSL_read(ssl, bytes, sizeof bytes)) > 0;)
    SSL_write(ssl, bytes, count);
}

int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  return fd;
}

// With unread bytes at the end, the FIN would be an RST.
void hear(SSL* ssl) {
  char bytes[4096];
  SSL_read(ssl, bytes, sizeof bytes);
}

}  // namespace

void TlsServer::State::carry(SSL* ssl, int fd) const {
  const int other = connect_to(relay);
  char bytes[4096];
  pollfd both[] = {{fd, POLLIN, 0}, {other, POLLIN, 0}};
  while (poll(both, 2, -1) > 0) {
    if (both[0].revents != 0) {
      const int count = SSL_read(ssl, bytes, sizeof bytes);
      if (count <= 0) break;
      write_all(other, std::string(bytes, static_cast<std::size_t>(count)));
    }
    if (both[1].revents != 0) {
      const auto count = read(other, bytes, sizeof bytes);
      if (count <= 0) break;
      SSL_write(ssl, bytes, static_cast<int>(count));
    }
  }
  close(other);
}

void TlsServer::State::serve(int fd) {
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  if (SSL_accept(ssl) == 1) {
    const char* sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (!named.test_and_set()) name.set_value(sni ? sni : "");
    if (hates && chose(ssl))
      hear(ssl);
    else
      relay != 0 ? carry(ssl, fd) : echo(ssl);
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
}

TlsServer::TlsServer(const TlsServing& how, const std::string& address)
    : state_(std::make_shared<State>()) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the client has dropped
  auto* context = state_->context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate_chain_file(context, how.identity.cert.c_str());
  SSL_CTX_use_PrivateKey_file(context, how.identity.key.c_str(), SSL_FILETYPE_PEM);
  state_->hates = how.hates_alpn;
  state_->relay = how.relay;
  if (how.max_version) SSL_CTX_set_max_proto_version(context, how.max_version);
  if (!how.alpn.empty()) {
    state_->protocols = static_cast<char>(how.alpn.size()) + how.alpn;
    state_->forces = how.forces_alpn;
    SSL_CTX_set_alpn_select_cb(context, State::choose, state_.get());
  }
  if (!how.client_ca.empty()) {
    SSL_CTX_load_verify_locations(context, how.client_ca.c_str(), nullptr);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  auto serve = [state = state_](int fd) { state->serve(fd); };
  tcp_ = std::make_unique<TcpServer>(serve, address);
}

TlsServer::~TlsServer() = default;

std::string TlsServer::server_name() const { return state_->named_as.get(); }

}  // namespace sonde::test
