#include "probes/net/tls/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>

namespace sonde::net {
namespace asio = boost::asio;
namespace {

using Error = boost::system::error_code;
using Stream = std::shared_ptr<TlsStream>;
constexpr std::size_t record_max = 16 * 1024;

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, 1 << 30)); }

struct Reads {
  asio::mutable_buffer into;
  int operator()(SSL* ssl) const { return SSL_read(ssl, into.data(), clamped(into.size())); }
};

// Combines small buffers into one record, and so one segment.
struct Writing {
  explicit Writing(std::span<const asio::const_buffer> from)
      : count(std::min(from.size(), list.size())) {
    std::copy_n(from.begin(), count, list.begin());
  }

  int operator()(SSL* ssl) const {
    const auto& first = list.front();
    if (count <= 1 || first.size() >= record_max)
      return SSL_write(ssl, first.data(), clamped(first.size()));
    std::array<char, record_max> record;
    std::size_t size = 0;
    for (std::size_t i = 0; i < count && size < record.size(); ++i) {
      const auto piece = std::min(list[i].size(), record.size() - size);
      if (piece > 0) std::memcpy(record.data() + size, list[i].data(), piece);
      size += piece;
    }
    return SSL_write(ssl, record.data(), clamped(size));
  }

  std::array<asio::const_buffer, 8> list;
  std::size_t count;
};

// Calls OpenSSL, and again whenever the socket is ready, until it has a result.
template <class Call>
struct Operation {
  Stream stream;
  Call call;
  Transport::Handler done;

  // The first call is made by the initiation: the handler must not run in it.
  void begin() {
    std::size_t bytes = 0;
    const auto stop = once(bytes);
    if (stop.want != TlsWant::nothing) return wait(stop.want);
    const auto executor = stream->socket.get_executor();
    asio::post(executor, [done = std::move(done), error = stop.error, bytes]() mutable {
      std::move(done)(error, bytes);
    });
  }

  void operator()(Error error) {
    std::size_t bytes = 0;
    TlsStop stop{.want = TlsWant::nothing, .error = error};
    if (!error) stop = once(bytes);
    if (stop.want != TlsWant::nothing) return wait(stop.want);
    std::move(done)(stop.error, bytes);
  }

 private:
  TlsStop once(std::size_t& bytes) {
    if (!stream->socket.is_open()) return {.error = asio::error::bad_descriptor};
    ERR_clear_error();
    const int result = call(stream->ssl);
    if (result <= 0) return tls_stop(*stream, result);
    bytes = static_cast<std::size_t>(result);
    return {};
  }

  void wait(TlsWant want) {
    const auto slot = asio::get_associated_cancellation_slot(done);
    const auto what = want == TlsWant::read ? Socket::wait_read : Socket::wait_write;
    auto& socket = stream->socket;
    socket.async_wait(what, asio::bind_cancellation_slot(slot, std::move(*this)));
  }
};

}  // namespace

TlsStream::TlsStream(SSL* made, Socket connected) : ssl(made), socket(std::move(connected)) {}
TlsStream::~TlsStream() { SSL_free(ssl); }

TlsStop tls_stop(const TlsStream& stream, int result) {
  const int saved = errno;
  switch (SSL_get_error(stream.ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return {.want = TlsWant::read, .error = {}};
    case SSL_ERROR_WANT_WRITE:
      return {.want = TlsWant::write, .error = {}};
    case SSL_ERROR_ZERO_RETURN:
      return {.error = asio::error::eof};
    case SSL_ERROR_SYSCALL:
      if (saved == 0 || result == 0) return {.error = asio::error::eof};
      return {.error = Error(saved, boost::system::system_category())};
    default:
      return {.error = Error(static_cast<int>(ERR_peek_error()), asio::error::get_ssl_category())};
  }
}

TlsTransport::TlsTransport(Stream stream)
    : executor_(stream->socket.get_executor()), stream_(std::move(stream)) {}

// Pending operations hold the stream; closing ends them now.
TlsTransport::~TlsTransport() { close(); }

void TlsTransport::read_some(asio::mutable_buffer into, Handler done) {
  Operation<Reads>{stream_, Reads{into}, std::move(done)}.begin();
}

void TlsTransport::write_some(std::span<const asio::const_buffer> from, Handler done) {
  Operation<Writing>{stream_, Writing(from), std::move(done)}.begin();
}

void TlsTransport::finish_sending() noexcept {
  if (!stream_->socket.is_open()) return;
  ERR_clear_error();
  SSL_shutdown(stream_->ssl);  // if it does not fit into the socket now, it is not worth a wait
}

void TlsTransport::close() noexcept {
  Error ignored;
  stream_->socket.close(ignored);
}

}  // namespace sonde::net
