#pragma once
#include <boost/asio/ip/tcp.hpp>

#include "probes/net/transport.hpp"

namespace sonde::net {

using Socket = boost::asio::ip::tcp::socket;

// A Transport over a connected TCP socket, which it owns.
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(Socket socket);
  void read_some(boost::asio::mutable_buffer into, Handler done) override;
  void write_some(std::span<const boost::asio::const_buffer> from, Handler done) override;
  void finish_sending() noexcept override;
  void close() noexcept override;
  const boost::asio::any_io_executor& executor() const override { return executor_; }

  // Releases the socket to the caller; no operation may be pending.
  Socket take() { return std::move(socket_); }

 private:
  boost::asio::any_io_executor executor_;
  Socket socket_;
};

}  // namespace sonde::net
