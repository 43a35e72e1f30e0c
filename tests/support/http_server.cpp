#include "tests/support/http_server.hpp"

#include <algorithm>
#include <charconv>
#include <future>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace sonde::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ::tolower, ::tolower);
}

std::string word(const std::string& head, int which) {
  std::size_t begin = 0;
  for (; which > 0; --which) begin = head.find(' ', begin) + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

}  // namespace

std::string Request::method() const { return word(head, 0); }
std::string Request::target() const { return word(head, 1); }

std::string Request::header(std::string_view name) const {
  std::string_view left = head;
  while (!left.empty()) {
    const auto eol = std::min(left.find("\r\n"), left.size());
    const auto line = left.substr(0, eol);
    const auto colon = line.find(": ");
    if (colon != line.npos && same(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
    left.remove_prefix(std::min(eol + 2, left.size()));
  }
  return {};
}

struct Server::State {
  asio::io_context io{1};
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  Handler handler;
  bool at_once = false;
  std::uint16_t port = acceptor.local_endpoint().port();
  int connections = 0;
  std::vector<Request> requests;
  std::vector<Frame> frames;
  std::thread thread;

  explicit State(Handler chosen) : handler(std::move(chosen)) {}
  void start();
  template <class T>
  T ask(T State::* what);
  template <class T>
  T ask_for(T State::* what, std::size_t at_least);
};

struct Peer::State {
  tcp::socket socket;
  Server::State* server = nullptr;
  Request request;
  std::string unread;
  bool gone = false;
};

namespace {

constexpr std::size_t request_max = 1024 * 1024;

std::size_t body_length(const Request& request) {
  const std::string text = request.header("Content-Length");
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return std::min(length, request_max);
}

asio::awaitable<bool> read_until(Peer& peer, std::size_t bytes) {
  bool more = true;
  while (more && peer.unread().size() < bytes) more = co_await peer.read();
  co_return more;
}

asio::awaitable<bool> read_request(Peer& peer, Request& request) {
  bool more = true;
  while (more && peer.unread().find("\r\n\r\n") == std::string::npos) more = co_await peer.read();
  if (!more) co_return false;
  const std::size_t head = peer.unread().find("\r\n\r\n") + 4;
  request.head = peer.unread().substr(0, head);
  const std::size_t body = body_length(request);
  more = co_await read_until(peer, head + body);
  request.body = peer.unread().substr(head, body);
  peer.unread().erase(0, head + request.body.size());
  co_return more;
}

// With unread bytes at the end, the FIN would be an RST.
asio::awaitable<void> absorb(Peer& peer) {
  bool more = true;
  while (more) {
    peer.unread().clear();
    more = co_await peer.read();
  }
}

asio::awaitable<void> perform(Peer& peer, Script script) {
  for (const Act& act : script) {
    if (!peer.gone()) co_await act(peer);
  }
  peer.finish();
  if (!peer.gone()) co_await absorb(peer);
}

asio::awaitable<void> send_bytes(const std::string& bytes, Peer& peer) {
  co_await peer.write(bytes);
}

asio::awaitable<void> drip_bytes(const std::string& bytes, Span every, std::size_t bytes_each,
                                 Peer& peer) {
  for (std::size_t at = 0; at < bytes.size() && !peer.gone(); at += bytes_each) {
    co_await peer.write(bytes.substr(at, bytes_each));
    co_await peer.wait(every);
  }
}

asio::awaitable<void> send_endless(const std::string& bytes, Peer& peer) {
  while (!peer.gone()) co_await peer.write(bytes);
}

asio::awaitable<void> wait_for(Span span, Peer& peer) { co_await peer.wait(span); }

asio::awaitable<void> end(void (Peer::*how)(), Peer& peer) {
  (peer.*how)();
  co_return;
}

}  // namespace

Act send(std::string bytes) { return std::bind_front(send_bytes, std::move(bytes)); }
Act drip(std::string bytes, std::chrono::milliseconds every, std::size_t bytes_each) {
  return std::bind_front(drip_bytes, std::move(bytes), Span(every), bytes_each);
}
Act endless(std::string bytes) { return std::bind_front(send_endless, std::move(bytes)); }
Act pause(std::chrono::milliseconds span) { return std::bind_front(wait_for, Span(span)); }
Act fin() { return std::bind_front(end, &Peer::finish); }
Act rst() { return std::bind_front(end, &Peer::reset); }
Act hang() { return absorb; }

Act answer(int status, std::string body, Headers headers) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " \r\n";
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  bytes += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  return send(bytes + body);
}

Act json(int status, std::string body) {
  return answer(status, std::move(body), {{"Content-Type", "application/json"}});
}

const Request& Peer::request() const { return state_->request; }
bool Peer::gone() const { return state_->gone; }
std::string& Peer::unread() { return state_->unread; }
void Peer::record(Frame frame) { state_->server->frames.push_back(std::move(frame)); }

asio::awaitable<void> Peer::write(std::string bytes) {
  const auto state = state_;  // keeps the state alive if the connection ends meanwhile
  if (state->gone) co_return;
  const auto [error, written] =
      co_await asio::async_write(state->socket, asio::buffer(bytes), as_result);
  if (error) state->gone = true;
}

asio::awaitable<void> Peer::wait(Span span) {
  asio::steady_timer timer(state_->socket.get_executor(), span);
  co_await timer.async_wait(as_result);
}

asio::awaitable<bool> Peer::read() {
  char bytes[4096];
  const auto [error, count] =
      co_await state_->socket.async_read_some(asio::buffer(bytes), as_result);
  state_->unread.append(bytes, count);
  if (error) state_->gone = true;
  co_return !error;
}

void Peer::finish() {
  boost::system::error_code ignored;
  state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void Peer::reset() {
  boost::system::error_code ignored;
  state_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  state_->socket.close(ignored);
  state_->gone = true;
}

namespace {

asio::awaitable<void> serve(Server::State& server, tcp::socket socket) {
  const auto state =
      std::make_shared<Peer::State>(Peer::State{.socket = std::move(socket), .server = &server});
  Peer peer(state);
  if (!server.at_once) {
    const bool whole = co_await read_request(peer, state->request);
    if (!whole) co_return;
    server.requests.push_back(state->request);
  }
  Script script = server.handler(state->request);
  co_await perform(peer, std::move(script));
  state->gone = true;
  boost::system::error_code ignored;
  state->socket.close(ignored);
}

asio::awaitable<void> accept_all(Server::State& server) {
  while (true) {
    auto [error, socket] = co_await server.acceptor.async_accept(as_result);
    if (error) co_return;
    ++server.connections;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(server.io, serve(server, std::move(socket)), asio::detached);
  }
}

Script given(const Script& script, const Request&) { return script; }

}  // namespace

void Server::State::start() {
  asio::co_spawn(io, accept_all(*this), asio::detached);
  thread = std::thread([this] { io.run(); });
}

// Only the server's thread uses what it recorded, so it is asked for a copy.
template <class T>
T Server::State::ask(T State::* what) {
  std::promise<T> copy;
  auto future = copy.get_future();
  asio::post(io, [&] { copy.set_value(this->*what); });
  return future.get();
}

template <class T>
T Server::State::ask_for(T State::* what, std::size_t at_least) {
  const Instant limit = Clock::now() + std::chrono::seconds(5);
  T copy = ask(what);
  while (copy.size() < at_least && Clock::now() < limit) copy = ask(what);
  return copy;
}

Server::Server(Handler handler) : state_(std::make_unique<State>(std::move(handler))) {
  state_->start();
}
Server::Server(Script script) : Server(Handler(std::bind_front(given, std::move(script)))) {}
Server::Server(AtOnce at_once)
    : state_(std::make_unique<State>(std::bind_front(given, std::move(at_once.script)))) {
  state_->at_once = true;
  state_->start();
}

Server::~Server() {
  state_->io.stop();
  state_->thread.join();
}

std::uint16_t Server::port() const { return state_->port; }
std::string Server::url(std::string_view target, std::string_view scheme) const {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + std::string(target);
}
std::vector<Request> Server::requests(std::size_t at_least) const {
  return state_->ask_for(&State::requests, at_least);
}
std::vector<Frame> Server::frames(std::size_t at_least) const {
  return state_->ask_for(&State::frames, at_least);
}
int Server::connections() const { return state_->ask(&State::connections); }

}  // namespace sonde::test
