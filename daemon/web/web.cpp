#include "daemon/web/web.hpp"

#include <charconv>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/web/session.hpp"

namespace sonde::web {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto with_error = asio::as_tuple(asio::use_awaitable);

std::expected<tcp::endpoint, std::string> parse(std::string_view listen) {
  const std::size_t colon = listen.rfind(':');
  const std::string wrong = "'" + std::string(listen) + "' is not an address to listen on; " +
                            "write 127.0.0.1:9811, [::1]:9811 or :9811";
  if (colon == std::string_view::npos) return std::unexpected(wrong);
  std::string host(listen.substr(0, colon));
  const std::string_view digits = listen.substr(colon + 1);
  if (host.empty()) host = "[::]";
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  error_code bad_host;
  const auto address = asio::ip::make_address(host, bad_host);
  unsigned short port = 0;
  const char* end = digits.data() + digits.size();
  const auto number = std::from_chars(digits.data(), end, port);
  if (bad_host || digits.empty() || number.ec != std::errc() || number.ptr != end)
    return std::unexpected(wrong);
  return tcp::endpoint(address, port);
}

error_code open(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  error_code error;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  const bool any = where.address().is_v6() && where.address().is_unspecified();
  if (!error && any) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

}  // namespace

class Web::Listener : public std::enable_shared_from_this<Listener> {
 public:
  explicit Listener(const asio::any_io_executor& executor)
      : acceptor_(executor), pause_(executor) {}

  std::expected<void, std::string> open(std::string_view address);
  void serve(Options options);
  void stop();
  const std::string& address() const { return address_; }

 private:
  asio::awaitable<void> accept_clients(std::shared_ptr<Listener> self);

  std::shared_ptr<ServerState> desk_;  // from serve() on
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::string address_;
};

std::expected<void, std::string> Web::Listener::open(std::string_view address) {
  const auto where = parse(address);
  if (!where) return std::unexpected(where.error());
  const error_code error = web::open(acceptor_, *where);
  if (error)
    return std::unexpected("cannot listen on " + std::string(address) + ": " + error.message());
  const tcp::endpoint bound = acceptor_.local_endpoint();
  const std::string host = bound.address().to_string();
  address_ =
      (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
  return {};
}

void Web::Listener::serve(Options options) {
  desk_ = std::make_shared<ServerState>(std::move(options));
  asio::co_spawn(acceptor_.get_executor(), accept_clients(shared_from_this()),
                 [](const std::exception_ptr& thrown) {
                   if (thrown) std::rethrow_exception(thrown);
                 });
}

// Accepts every connection, and disconnects another client if necessary: clients that hold idle
// connections cannot block others.
asio::awaitable<void> Web::Listener::accept_clients(
    [[maybe_unused]] std::shared_ptr<Listener> self) {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(with_error);
    if (error == asio::error::connection_aborted) continue;  // the client has disconnected already
    const bool starved = static_cast<bool>(error);           // out of descriptors or memory
    if (!acceptor_.is_open()) break;
    while (starved || desk_->clients.size() >= desk_->options.connections_max) {
      if (desk_->clients.make_room()) break;
      // The descriptors are in use elsewhere; avoids a busy loop.
      pause_.expires_after(std::chrono::milliseconds(50));
      co_await pause_.async_wait(with_error);
      if (starved || !acceptor_.is_open()) break;
    }
    if (error || !acceptor_.is_open()) continue;
    asio::co_spawn(acceptor_.get_executor(), serve_client(desk_, std::move(socket)),
                   asio::detached);
  }
}

void Web::Listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  if (!desk_) return;
  desk_->closed = true;
  desk_->clients.cut_all();
}

std::expected<std::unique_ptr<Web>, std::string> Web::bind(asio::any_io_executor executor,
                                                           std::string_view address) {
  auto listener = std::make_shared<Listener>(executor);
  const auto opened = listener->open(address);
  if (!opened) return std::unexpected(opened.error());
  return std::unique_ptr<Web>(new Web(std::move(listener)));
}

Web::Web(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

Web::~Web() { stop(); }

void Web::serve(Options options) { listener_->serve(std::move(options)); }

std::string Web::address() const { return listener_->address(); }

void Web::stop() { listener_->stop(); }

}  // namespace sonde::web
