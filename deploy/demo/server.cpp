#include "deploy/demo/server.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/connection.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace sonde::demo {
namespace {

constexpr auto accept_result = asio::as_tuple(asio::use_awaitable);

tcp::acceptor listen(const asio::any_io_executor& executor, const Options& options) {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(options.host), options.port);
    tcp::acceptor acceptor(executor, endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(4096);
    return acceptor;
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(fmt::format("cannot listen on {}:{}: {}", options.host, options.port,
                                         error.code().message()));
  }
}

std::unique_ptr<asio::ssl::context> load_tls(const Options& options) {
  if (options.tls_cert.empty()) return nullptr;
  try {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    context->use_certificate_chain_file(options.tls_cert);
    context->use_private_key_file(options.tls_key, asio::ssl::context::pem);
    return context;
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(fmt::format("cannot use {} and {}: {}", options.tls_cert,
                                         options.tls_key, error.code().message()));
  }
}

}  // namespace

struct Server::Inside {
  Inside(const asio::any_io_executor& executor, Backend& serves)
      : backend(serves),
        tls(load_tls(serves.options)),
        acceptor(listen(executor, serves.options)) {}

  Backend& backend;
  std::unique_ptr<asio::ssl::context> tls;
  tcp::acceptor acceptor;

  static asio::awaitable<void> accept_all(std::shared_ptr<Inside> self);
};

asio::awaitable<void> Server::Inside::accept_all(std::shared_ptr<Inside> self) {
  const auto executor = self->acceptor.get_executor();
  asio::steady_timer breather(executor);
  while (self->acceptor.is_open()) {
    auto [error, socket] = co_await self->acceptor.async_accept(accept_result);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors, most likely: let some connections end
      breather.expires_after(std::chrono::milliseconds(50));
      [[maybe_unused]] const auto [cut] = co_await breather.async_wait(accept_result);
      continue;
    }
    Stream stream(std::move(socket), self->tls.get());
    asio::co_spawn(executor, serve_connection(self->backend, std::move(stream)), asio::detached);
  }
}

Server::Server(const asio::any_io_executor& executor, Backend& backend)
    : inside_(std::make_shared<Inside>(executor, backend)) {
  const auto& host = backend.options.host;
  backend.base_url =
      fmt::format("{}://{}{}{}:{}", inside_->tls ? "https" : "http", host.contains(':') ? "[" : "",
                  host, host.contains(':') ? "]" : "", port());
}

Server::~Server() {
  boost::system::error_code ignored;
  inside_->acceptor.close(ignored);
}

std::uint16_t Server::port() const { return inside_->acceptor.local_endpoint().port(); }
const std::string& Server::url() const { return inside_->backend.base_url; }

void Server::start() {
  asio::co_spawn(inside_->acceptor.get_executor(), Inside::accept_all(inside_), asio::detached);
}

}  // namespace sonde::demo
