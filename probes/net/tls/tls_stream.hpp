#pragma once
#include <memory>

#include "probes/net/tcp/tcp.hpp"
#include "probes/net/tls/tls_verify.hpp"

struct ssl_st;

namespace sonde::net {

// OpenSSL directly on a socket's descriptor, with half the memory of asio::ssl::stream. Shared by
// the Transport and pending operations, which may outlive it.
struct TlsStream {
  TlsStream(ssl_st* made, Socket connected);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  ssl_st* ssl;
  Socket socket;
  TlsPeer peer;
};

// What an unsuccessful OpenSSL call is waiting for.
enum class TlsWant : std::uint8_t { read, write, nothing };
struct TlsStop {
  TlsWant want = TlsWant::nothing;
  // if `want` is nothing: eof, an errno, or an error of the SSL category
  boost::system::error_code error;
};
TlsStop tls_stop(const TlsStream& stream, int result);

// A Transport over a session whose handshake is complete.
class TlsTransport final : public Transport {
 public:
  explicit TlsTransport(std::shared_ptr<TlsStream> stream);
  ~TlsTransport() override;
  void read_some(boost::asio::mutable_buffer into, Handler done) override;
  void write_some(std::span<const boost::asio::const_buffer> from, Handler done) override;
  void finish_sending() noexcept override;
  void close() noexcept override;
  const boost::asio::any_io_executor& executor() const override { return executor_; }

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<TlsStream> stream_;
};

}  // namespace sonde::net
