#include "probes/net/tcp/tcp_connect.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/tcp/tcp_failure.hpp"
#include "probes/net/tcp/tcp_race.hpp"

namespace sonde::net {
namespace asio = boost::asio;

asio::ip::tcp::endpoint endpoint_of(const Address& address, std::uint16_t port) {
  boost::system::error_code ignored;  // Lookup returns only addresses
  return {asio::ip::make_address(address.text, ignored), port};
}

boost::system::error_code open(Socket& socket, const asio::ip::tcp::endpoint& to) {
  boost::system::error_code error, ignored;
  socket.open(to.protocol(), error);
  if (error) return error;
  // Otherwise a small frame after another one waits for an acknowledgement.
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, error);
  return error;
}

namespace {

// On loopback the handshake is complete when connect() returns, but only a second call reports it;
// that saves a turn of the loop. Otherwise it returns EALREADY, and the loop waits.
int try_connect(Socket& socket, const asio::ip::tcp::endpoint& to) {
  const int fd = socket.native_handle();
  const auto size = static_cast<socklen_t>(to.size());
  if (::connect(fd, to.data(), size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  return ::connect(fd, to.data(), size) == 0 ? 0 : errno;
}

int pending_error(Socket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error
                                                                                        : errno;
}

asio::awaitable<boost::system::error_code> connect_to(Socket& socket,
                                                      const asio::ip::tcp::endpoint& to) {
  int error = try_connect(socket, to);
  if (error == EALREADY || error == EINTR) {
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    const auto [cut] = co_await socket.async_wait(Socket::wait_write, token);
    if (cut) co_return cut;
    error = pending_error(socket);
  }
  co_return boost::system::error_code(error, boost::system::system_category());
}

}  // namespace

// Most names have one address: no race, no timer.
asio::awaitable<std::expected<Socket, Failure>> connect_one(const asio::any_io_executor& executor,
                                                            const Address& address,
                                                            std::uint16_t port) {
  const auto to = endpoint_of(address, port);
  Socket socket(executor);
  auto error = open(socket, to);
  if (!error) error = co_await connect_to(socket, to);
  if (error) co_return std::unexpected(connect_failure(error, address, port));
  co_return socket;
}

asio::awaitable<std::expected<Socket, Failure>> connect(const asio::any_io_executor& executor,
                                                        std::span<const Address> addresses,
                                                        std::uint16_t port) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return std::unexpected(cut_failure());
  if (addresses.size() == 1) {
    auto one = co_await connect_one(executor, addresses.front(), port);
    co_return one;
  }
  auto first = co_await race(executor, addresses, port);
  co_return first;
}

}  // namespace sonde::net
