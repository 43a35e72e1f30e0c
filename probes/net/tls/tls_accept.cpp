#include "probes/net/tls/tls_accept.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/ssl/error.hpp>

#include "probes/net/tls/tls_bio.hpp"
#include "probes/net/tls/tls_stream.hpp"

namespace sonde::net {
namespace {

using boost::asio::ip::tcp;

Socket socket_of(const boost::asio::any_io_executor& executor, int descriptor) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size);
  return {executor, own.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor};
}

}  // namespace

std::unique_ptr<Transport> accepted_plain(const boost::asio::any_io_executor& executor,
                                          int descriptor) {
  return std::make_unique<TcpTransport>(socket_of(executor, descriptor));
}

std::unique_ptr<Transport> accepted_tls(const boost::asio::any_io_executor& executor,
                                        int descriptor, ssl_ctx_st* context, void* data) {
  Socket socket = socket_of(executor, descriptor);
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  SSL* ssl = SSL_new(context);
  if (ssl == nullptr) return nullptr;
  auto stream = std::make_shared<TlsStream>(ssl, std::move(socket));
  BIO* bio = socket_bio(descriptor);
  if (bio == nullptr) return nullptr;
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, data);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsTransport>(std::move(stream));
}

bool is_plain_http(const boost::system::error_code& error) {
  if (error.category() != boost::asio::error::get_ssl_category()) return false;
  return ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace sonde::net
