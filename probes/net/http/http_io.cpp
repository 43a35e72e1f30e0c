#include "probes/net/http/http_io.hpp"

#include <string_view>
#include <tuple>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::net {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

struct Read {
  void operator()(auto&& done, Transport* transport, asio::mutable_buffer into) const {
    transport->read_some(into, std::forward<decltype(done)>(done));
  }
};

struct Write {
  void operator()(auto&& done, Transport* transport, asio::const_buffer from) const {
    transport->write_some({&from, 1}, std::forward<decltype(done)>(done));
  }
};

auto async_read(Transport& transport, asio::mutable_buffer into) {
  return asio::async_initiate<decltype(as_result), void(Error, std::size_t)>(Read(), as_result,
                                                                             &transport, into);
}

auto async_write(Transport& transport, asio::const_buffer from) {
  return asio::async_initiate<decltype(as_result), void(Error, std::size_t)>(Write(), as_result,
                                                                             &transport, from);
}

const Io cut{asio::error::operation_aborted, 0};

}  // namespace

asio::awaitable<Io> read_some(Transport& transport, std::span<char> into) {
  // Detects a cancellation that came between two operations.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return cut;
  const asio::mutable_buffer room(into.data(), into.size());
  const auto [error, bytes] = co_await async_read(transport, room);
  Io io{error, bytes};
  co_return io;
}

asio::awaitable<Io> write_all(Transport& transport, std::string_view bytes) {
  Io io;
  while (io.bytes < bytes.size() && !io.error) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return cut;
    const asio::const_buffer from(bytes.data() + io.bytes, bytes.size() - io.bytes);
    const auto [error, written] = co_await async_write(transport, from);
    io.error = error;
    io.bytes += written;
  }
  co_return io;
}

Failure io_failure(const Error& error) {
  if (error == asio::error::operation_aborted) return cut_failure();
  if (error == asio::error::timed_out) return {Reason::tcp_timeout, "the connection timed out"};
  if (std::string_view(error.category().name()) == "asio.ssl") {
    return {Reason::tls_handshake, "TLS failed after the handshake: " + error.message()};
  }
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return {Reason::tcp_reset, "the server reset the connection"};
  }
  return {Reason::tcp_reset, "the connection failed: " + error.message()};
}

}  // namespace sonde::net
