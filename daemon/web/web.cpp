#include "daemon/web/web.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/access/access.hpp"
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

std::string show(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

// An IPv4 client of a socket for both families has an IPv6 address that contains its own.
asio::ip::address plain_address(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

// Whose connections are counted together: an address, or the network of 64 bits that one customer
// has in IPv6.
std::string counted_as(const asio::ip::address& address) {
  if (address.is_v4() || address.is_loopback()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string();
}

std::shared_ptr<access::Connection> connection_of(const tcp::endpoint& peer) {
  const auto address = plain_address(peer.address());
  auto connection = std::make_shared<access::Connection>();
  connection->address = counted_as(address);
  connection->loopback = address.is_loopback();
  return connection;
}

// The endpoint of a socket that listens for TCP connections; nullopt: it is something else.
std::optional<tcp::endpoint> listening_at(int descriptor) {
  int kind = 0, listens = 0;
  socklen_t size = sizeof kind;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) != 0 || kind != SOCK_STREAM)
    return std::nullopt;
  size = sizeof listens;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
    return std::nullopt;
  tcp::endpoint endpoint;
  auto length = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(descriptor, endpoint.data(), &length) != 0) return std::nullopt;
  const auto family = endpoint.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  endpoint.resize(length);
  return endpoint;
}

}  // namespace

class Web::Listener : public std::enable_shared_from_this<Listener> {
 public:
  explicit Listener(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  std::expected<void, std::string> open(std::string_view address);
  std::expected<void, std::string> adopt(int descriptor);
  void serve(Options options);
  void close();
  void stop();
  void drain(Span limit, std::function<void()> done);
  const std::vector<tcp::endpoint>& endpoints() const { return endpoints_; }

 private:
  struct Port {
    explicit Port(const asio::any_io_executor& executor) : acceptor(executor), pause(executor) {}
    tcp::acceptor acceptor;
    asio::steady_timer pause;
  };
  asio::awaitable<void> accept_clients(std::shared_ptr<Listener> self, Port& port);
  void greet(tcp::socket socket, const tcp::endpoint& peer);

  asio::any_io_executor executor_;
  std::shared_ptr<ServerState> desk_;  // from serve() on
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<tcp::endpoint> endpoints_;
  std::shared_ptr<asio::steady_timer> drain_limit_;
};

std::expected<void, std::string> Web::Listener::open(std::string_view address) {
  const auto where = parse(address);
  if (!where) return std::unexpected(where.error());
  auto port = std::make_unique<Port>(executor_);
  const error_code error = web::open(port->acceptor, *where);
  if (error)
    return std::unexpected("cannot listen on " + std::string(address) + ": " + error.message());
  endpoints_.push_back(port->acceptor.local_endpoint());
  ports_.push_back(std::move(port));
  return {};
}

std::expected<void, std::string> Web::Listener::adopt(int descriptor) {
  const auto endpoint = listening_at(descriptor);
  if (!endpoint)
    return std::unexpected("the socket that the service manager passed (descriptor " +
                           std::to_string(descriptor) +
                           ") is not a TCP socket that listens; see ListenStream= of the .socket");
  auto port = std::make_unique<Port>(executor_);
  error_code error;
  port->acceptor.assign(endpoint->protocol(), descriptor, error);
  if (error) return std::unexpected("cannot use the socket that was passed: " + error.message());
  endpoints_.push_back(*endpoint);
  ports_.push_back(std::move(port));
  return {};
}

void Web::Listener::serve(Options options) {
  desk_ = std::make_shared<ServerState>(std::move(options));
  for (const auto& port : ports_)
    asio::co_spawn(executor_, accept_clients(shared_from_this(), *port),
                   [](const std::exception_ptr& thrown) {
                     if (thrown) std::rethrow_exception(thrown);
                   });
}

void Web::Listener::greet(tcp::socket socket, const tcp::endpoint& peer) {
  auto connection = connection_of(peer);
  if (desk_->options.access) connection->tls = desk_->options.access->tls();
  error_code failed;
  const int descriptor = socket.release(failed);
  if (failed) return;
  asio::co_spawn(
      executor_,
      serve_client(
          desk_, executor_,
          {.descriptor = descriptor, .peer = show(peer), .connection = std::move(connection)}),
      asio::detached);
}

// Accepts every connection, and disconnects another client if necessary: clients that hold idle
// connections cannot block others.
asio::awaitable<void> Web::Listener::accept_clients([[maybe_unused]] std::shared_ptr<Listener> self,
                                                    Port& port) {
  while (port.acceptor.is_open()) {
    tcp::endpoint peer;
    auto [error, socket] = co_await port.acceptor.async_accept(peer, with_error);
    if (error == asio::error::connection_aborted) continue;  // the client has disconnected already
    const bool starved = static_cast<bool>(error);           // out of descriptors or memory
    if (!port.acceptor.is_open()) {
      if (!error && desk_->draining) greet(std::move(socket), peer);
      break;
    }
    while (starved || desk_->clients.size() >= desk_->options.connections_max) {
      if (desk_->clients.make_room()) break;
      // The descriptors are in use elsewhere; avoids a busy loop.
      port.pause.expires_after(std::chrono::milliseconds(50));
      co_await port.pause.async_wait(with_error);
      if (starved || !port.acceptor.is_open()) break;
    }
    if (error || !port.acceptor.is_open()) continue;
    greet(std::move(socket), peer);
  }
}

void Web::Listener::close() {
  error_code ignored;
  for (const auto& port : ports_) {
    port->acceptor.close(ignored);
    port->pause.cancel();
  }
}

void Web::Listener::stop() {
  close();
  if (drain_limit_) drain_limit_->cancel();
  if (!desk_) return;
  desk_->closed = true;
  desk_->clients.cut_all();
}

void Web::Listener::drain(Span limit, std::function<void()> done) {
  close();
  if (!desk_) return done();
  const auto finish = [this, self = shared_from_this(), done = std::move(done)](bool late) {
    if (!desk_->drained || (!late && !desk_->clients.none())) return;
    desk_->drained = nullptr;
    stop();
    done();
  };
  desk_->draining = true;
  desk_->drained = [executor = executor_, finish] {
    asio::post(executor, [finish] { finish(false); });
  };
  drain_limit_ = std::make_shared<asio::steady_timer>(executor_, limit);
  drain_limit_->async_wait([timer = drain_limit_, finish](error_code error) {
    if (!error) finish(true);
  });
  desk_->clients.cut_idle();
  if (desk_->clients.none()) desk_->drained();
}

std::expected<bool, std::string> is_public(std::string_view address) {
  const auto where = parse(address);
  if (!where) return std::unexpected(where.error());
  return !plain_address(where->address()).is_loopback();
}

std::expected<std::unique_ptr<Web>, std::string> Web::bind(asio::any_io_executor executor,
                                                           std::string_view address) {
  auto listener = std::make_shared<Listener>(std::move(executor));
  const auto opened = listener->open(address);
  if (!opened) return std::unexpected(opened.error());
  return std::unique_ptr<Web>(new Web(std::move(listener)));
}

std::expected<std::unique_ptr<Web>, std::string> Web::adopt(asio::any_io_executor executor,
                                                            const std::vector<int>& sockets) {
  auto listener = std::make_shared<Listener>(std::move(executor));
  for (const int socket : sockets)
    if (const auto adopted = listener->adopt(socket); !adopted)
      return std::unexpected(adopted.error());
  return std::unique_ptr<Web>(new Web(std::move(listener)));
}

Web::Web(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

Web::~Web() { stop(); }

void Web::serve(Options options) { listener_->serve(std::move(options)); }

std::string Web::address() const { return show(listener_->endpoints().front()); }

std::string Web::addresses() const {
  std::string all;
  for (const tcp::endpoint& endpoint : listener_->endpoints())
    all += (all.empty() ? "" : ", ") + show(endpoint);
  return all;
}

bool Web::is_public() const {
  return std::ranges::any_of(listener_->endpoints(), [](const tcp::endpoint& endpoint) {
    return !plain_address(endpoint.address()).is_loopback();
  });
}

void Web::stop() { listener_->stop(); }

void Web::drain(Span limit, std::function<void()> done) {
  listener_->drain(limit, std::move(done));
}

}  // namespace sonde::web
