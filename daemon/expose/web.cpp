#include "daemon/expose/web.hpp"

#include <charconv>
#include <list>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/expose/session.hpp"

namespace sonde {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

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
  Listener(asio::any_io_executor executor, Options options)
      : desk_(std::make_shared<Desk>()), acceptor_(executor), room_(executor) {
    desk_->at_once.resize(options.routes.size());
    desk_->options = std::move(options);
  }

  std::expected<void, std::string> open();
  void start();
  void stop();
  std::string address() const;

 private:
  using Sessions = std::list<asio::cancellation_signal>;

  asio::awaitable<void> accept_clients(std::shared_ptr<Listener> self);
  void begin(tcp::socket socket);
  void ended(Sessions::iterator session);

  std::shared_ptr<Desk> desk_;
  tcp::acceptor acceptor_;
  asio::steady_timer room_;  // cancelled when a session leaves
  Sessions sessions_;
};

std::expected<void, std::string> Web::Listener::open() {
  const std::string& listen = desk_->options.listen;
  const auto where = parse(listen);
  if (!where) return std::unexpected(where.error());
  const error_code error = sonde::open(acceptor_, *where);
  if (error) return std::unexpected("cannot listen on " + listen + ": " + error.message());
  return {};
}

void Web::Listener::start() {
  asio::co_spawn(acceptor_.get_executor(), accept_clients(shared_from_this()),
                 [](const std::exception_ptr& thrown) {
                   if (thrown) std::rethrow_exception(thrown);
                 });
}

asio::awaitable<void> Web::Listener::accept_clients(
    [[maybe_unused]] std::shared_ptr<Listener> self) {
  while (acceptor_.is_open()) {
    if (sessions_.size() >= desk_->options.connections_max) {
      room_.expires_at(Instant::max());
      co_await room_.async_wait(as_tuple);
      continue;
    }
    auto [error, socket] = co_await acceptor_.async_accept(as_tuple);
    if (!error) {
      begin(std::move(socket));
      continue;
    }
    // No descriptor is free, or the client left already: no reason to spin.
    room_.expires_after(std::chrono::milliseconds(50));
    co_await room_.async_wait(as_tuple);
  }
}

void Web::Listener::begin(tcp::socket socket) {
  auto session = sessions_.emplace(sessions_.end());
  auto leave = [self = shared_from_this(), session](const std::exception_ptr&) {
    self->ended(session);
  };
  asio::co_spawn(acceptor_.get_executor(), serve_client(desk_, std::move(socket)),
                 asio::bind_cancellation_slot(session->slot(), std::move(leave)));
}

void Web::Listener::ended(Sessions::iterator session) {
  sessions_.erase(session);
  room_.cancel();
}

void Web::Listener::stop() {
  desk_->closed = true;
  error_code ignored;
  acceptor_.close(ignored);
  room_.cancel();
  for (auto session = sessions_.begin(); session != sessions_.end();)
    (session++)->emit(asio::cancellation_type::terminal);
}

std::string Web::Listener::address() const {
  error_code gone;
  const tcp::endpoint where = acceptor_.local_endpoint(gone);
  if (gone) return desk_->options.listen;
  const std::string host = where.address().to_string();
  return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

std::expected<std::unique_ptr<Web>, std::string> Web::listen(asio::any_io_executor executor,
                                                             Options options) {
  auto listener = std::make_shared<Listener>(std::move(executor), std::move(options));
  const auto opened = listener->open();
  if (!opened) return std::unexpected(opened.error());
  listener->start();
  return std::unique_ptr<Web>(new Web(std::move(listener)));
}

Web::Web(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

Web::~Web() { stop(); }

std::string Web::address() const { return listener_->address(); }

void Web::stop() { listener_->stop(); }

}  // namespace sonde
