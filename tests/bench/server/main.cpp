// sonde-bench-server CERT KEY: a server that is cheaper than anything that asks it. One thread,
// loopback alone, plain and TLS 1.3. Prints "PLAIN_PORT TLS_PORT", and ends when its standard
// input does.
#include <cstdio>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>

#include "tests/bench/server/session.hpp"

namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> serve_plain(tcp::socket socket, bench::Overshoot& overshoot) {
  bench::Session session(socket, overshoot);
  co_await session.run();
}

asio::awaitable<void> serve_tls(tcp::socket socket, asio::ssl::context& context,
                                bench::Overshoot& overshoot) {
  asio::ssl::stream<tcp::socket> stream(std::move(socket), context);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, tuple);
  if (error) co_return;
  bench::Session session(stream, overshoot);
  co_await session.run();
  co_await stream.async_shutdown(tuple);
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, asio::ssl::context* context,
                                 bench::Overshoot& overshoot) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(tuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto executor = acceptor.get_executor();
    auto session = context ? serve_tls(std::move(socket), *context, overshoot)
                           : serve_plain(std::move(socket), overshoot);
    asio::co_spawn(executor, std::move(session), asio::detached);
  }
}

asio::awaitable<void> stop_with_input(asio::io_context& loop) {
  asio::posix::stream_descriptor input(loop, ::dup(0));
  char byte[64];
  for (bool open = true; open;) {
    const auto [error, count] = co_await input.async_read_some(asio::buffer(byte), tuple);
    open = !error && count > 0;
  }
  loop.stop();
}

tcp::acceptor listening(asio::io_context& loop) {
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  acceptor.listen(4096);
  return acceptor;
}

int run(const char* cert, const char* key) {
  asio::io_context loop(1);
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain_file(cert);
  context.use_private_key_file(key, asio::ssl::context::pem);
  bench::Overshoot overshoot;
  tcp::acceptor plain = listening(loop);
  tcp::acceptor tls = listening(loop);
  asio::co_spawn(loop, accept_all(plain, nullptr, overshoot), asio::detached);
  asio::co_spawn(loop, accept_all(tls, &context, overshoot), asio::detached);
  asio::co_spawn(loop, stop_with_input(loop), asio::detached);
  std::printf("%d %d\n", plain.local_endpoint().port(), tls.local_endpoint().port());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: sonde-bench-server CERT KEY\n");
    return 64;
  }
  try {
    return run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sonde-bench-server: %s\n", error.what());
    return 1;
  }
}
