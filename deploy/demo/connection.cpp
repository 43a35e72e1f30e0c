#include "deploy/demo/connection.hpp"

#include <fmt/chrono.h>

#include <ctime>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/routes.hpp"
#include "deploy/demo/session.hpp"
#include "deploy/demo/watch.hpp"

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace sonde::demo {
namespace {

constexpr auto io_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_limit = 16384, body_limit = 65536;
using Parser = http::request_parser<http::string_body>;

Request request_of(const Parser& parser) {
  const auto& message = parser.get();
  const std::string_view target = message.target();
  const auto query = std::min(target.find('?'), target.size());
  Request request{.method = std::string(message.method_string()),
                  .path = std::string(target.substr(0, query)),
                  .query = decode_form(target.substr(std::min(query + 1, target.size()))),
                  .headers = {},
                  .body = message.body(),
                  .upgrade = boost::beast::websocket::is_upgrade(message)};
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    request.headers[name] = field.value();
  }
  return request;
}

// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string date() {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr)));
}

std::string wire(const Reply& reply, bool with_body, bool keep_alive) {
  const std::string_view reason = http::obsolete_reason(static_cast<http::status>(reply.status));
  auto text = fmt::format(
      "HTTP/1.1 {} {}\r\nServer: sonde-demo\r\nDate: {}\r\nContent-Type: {}\r\n"
      "Content-Length: {}\r\nConnection: {}\r\n",
      reply.status, reason, date(), reply.type, reply.body.size(),
      keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : reply.headers) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  if (with_body) text += reply.body;
  return text;
}

// Whether a request was received and is invalid, as opposed to a connection that ended.
bool is_malformed(error_code error) {
  return error.category() == make_error_code(http::error::end_of_stream).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

Reply bad_request(error_code error) {
  const int status = error == http::error::header_limit ? 431
                     : error == http::error::body_limit ? 413
                                                        : 400;
  return {.status = status, .body = detail(error.message()), .headers = {}};
}

asio::awaitable<bool> send(Watch& watch, const std::string& text) {
  const auto [error, size] =
      co_await asio::async_write(watch.stream, asio::buffer(text), io_result);
  co_return !error;
}

asio::awaitable<void> pause(Watch& watch, std::chrono::milliseconds time) {
  asio::steady_timer timer(watch.stream.get_executor());
  timer.expires_after(time);
  [[maybe_unused]] const auto [error] = co_await timer.async_wait(io_result);
}

// Keeps the connection open and silent until the peer ends it, an hour at most.
asio::awaitable<void> keep_silent(Watch& watch) {
  watch.close_after(std::chrono::hours(1));
  char unread[512];
  error_code error;
  while (!error) {
    const auto got = co_await watch.stream.async_read_some(asio::buffer(unread), io_result);
    error = std::get<0>(got);
  }
}

// False: the connection ends.
asio::awaitable<bool> respond(Watch& watch, const Reply& reply, const Request& request,
                              bool keep_alive) {
  if (reply.hang) {
    co_await keep_silent(watch);
    co_return false;
  }
  watch.close_after(reply.delay + std::chrono::minutes(1));
  if (reply.delay.count() > 0) co_await pause(watch, reply.delay);
  const auto text = wire(reply, request.method != "HEAD", keep_alive);
  const bool sent = co_await send(watch, text);
  co_return sent&& keep_alive;
}

asio::awaitable<bool> serve_request(Backend& backend, Watch& watch, const Parser& parser) {
  const auto request = request_of(parser);
  if (!is_socket(request)) {
    const auto reply = answer(backend, request);
    co_return co_await respond(watch, reply, request, parser.get().keep_alive());
  }
  const auto decision = admit(backend, request);
  if (!decision.admission) {
    co_return co_await respond(watch, decision.refusal, request, parser.get().keep_alive());
  }
  watch.timer.cancel();
  co_await hold_session(backend, std::move(watch.stream), parser.get(), *decision.admission);
  co_return false;
}

asio::awaitable<void> serve_requests(Backend& backend, Watch& watch) {
  boost::beast::flat_buffer buffer;
  for (bool open = true; open;) {
    Parser parser;
    parser.header_limit(header_limit);
    parser.body_limit(body_limit);
    watch.close_after(std::chrono::minutes(1));
    const auto [error, size] = co_await http::async_read(watch.stream, buffer, parser, io_result);
    if (error && !is_malformed(error)) co_return;
    if (error) {
      const auto text = wire(bad_request(error), true, false);
      co_await send(watch, text);
      co_return;
    }
    open = co_await serve_request(backend, watch, parser);
  }
}

}  // namespace

asio::awaitable<void> serve_connection(Backend& backend, Stream stream) {
  const auto watch = std::make_shared<Watch>(std::move(stream));
  watch->close_after(std::chrono::seconds(10));
  const auto error = co_await watch->stream.open();
  if (!error) co_await serve_requests(backend, *watch);
  watch->timer.cancel();
}

}  // namespace sonde::demo
