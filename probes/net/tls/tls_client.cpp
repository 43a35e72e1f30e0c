#include "probes/net/tls/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/tcp/tcp_failure.hpp"
#include "probes/net/tls/tls_bio.hpp"
#include "probes/net/tls/tls_stream.hpp"

namespace sonde::net {
namespace asio = boost::asio;
namespace {

using Error = boost::system::error_code;
using Stream = std::shared_ptr<TlsStream>;

// Null if OpenSSL has no memory.
Stream make_stream(SSL_CTX* context, Socket socket, const Url& url, const TlsSettings& settings) {
  SSL* ssl = SSL_new(context);
  if (!ssl) return nullptr;
  auto stream = std::make_shared<TlsStream>(ssl, std::move(socket));
  BIO* bio = socket_bio(stream->socket.native_handle());
  if (!bio) return nullptr;
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, &stream->peer);
  stream->peer.verify = settings.verify;
  expect_name(ssl, settings.server_name.empty() ? url.host : settings.server_name, stream->peer);
  return stream;
}

asio::awaitable<Error> handshake(TlsStream& stream) {
  for (;;) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      co_return asio::error::operation_aborted;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_connect(stream.ssl);
    if (result == 1) co_return Error{};
    const auto stop = tls_stop(stream, result);
    if (stop.want == TlsWant::nothing) co_return stop.error;
    const auto what = stop.want == TlsWant::read ? Socket::wait_read : Socket::wait_write;
    const auto [error] =
        co_await stream.socket.async_wait(what, asio::as_tuple(asio::use_awaitable));
    if (error) co_return error;
  }
}

// A hint at the most frequent mistakes.
std::string_view hint(int reason) {
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
    return " (does this port speak plain HTTP?)";
  if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
    return " (no TLS version that both sides allow; see tls.min_version)";
  if (reason == SSL_R_BAD_EXTENSION) return " (it may have chosen a protocol that was not offered)";
  return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ? " (see tls.cert and tls.key)" : "";
}

Failure handshake_failure(const Error& error, const TlsPeer& peer, const std::string& where) {
  if (peer.error != 0) return verify_failure(peer, where);
  if (error == asio::error::eof)
    return {Reason::tls_handshake, where + ": the server ended the connection in the handshake"};
  if (error.category() != asio::error::get_ssl_category()) return socket_failure(error, where);
  const auto code = static_cast<unsigned long>(error.value());
  const int reason = ERR_GET_REASON(code);
  const char* text = ERR_reason_error_string(code);
  const bool alpn = reason == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL;
  return {alpn ? Reason::alpn_h2 : Reason::tls_handshake,
          where + ": " + (text ? text : "handshake failed") + std::string(hint(reason))};
}

Failure wrong_protocol(const std::string& alpn, const std::string& where) {
  return {Reason::alpn_h2, where + ": the server chose the protocol " + alpn + ", not http/1.1"};
}

}  // namespace

asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> start_tls(
    SSL_CTX* context, Socket socket, const Url& url, const TlsSettings& settings, Trace& trace) {
  const std::string where = show(Address{url.host, url.host.contains(':')}, url.port);
  auto stream = make_stream(context, std::move(socket), url, settings);
  if (!stream) co_return std::unexpected(Failure{Reason::own_network, where + ": out of memory"});
  const auto error = co_await handshake(*stream);
  auto& peer = stream->peer;
  const std::string alpn = peer.facts.alpn;
  if (peer.seen) {
    peer.facts.host_port = where;
    trace.tls(std::move(peer.facts));
  }
  if (error) co_return std::unexpected(handshake_failure(error, peer, where));
  if (!alpn.empty() && alpn != "http/1.1") co_return std::unexpected(wrong_protocol(alpn, where));
  co_return std::make_unique<TlsTransport>(std::move(stream));
}

}  // namespace sonde::net
