#include "probes/net/http/http_ask.hpp"

#include <charconv>

#include <boost/asio/error.hpp>

#include "probes/net/date.hpp"
#include "probes/net/http/http_io.hpp"
#include "probes/net/http/http_receive.hpp"

namespace sonde::net {
namespace {

namespace asio = boost::asio;

// More than a trace keeps, so that a secret at the cut is recognized.
constexpr std::size_t body_start = 8192;

// The seconds of an Age header (RFC 9111 section 5.1); empty: invalid.
std::optional<std::chrono::seconds> age_of(const Response& response) {
  const std::string* header = response.header("age");
  if (header == nullptr) return std::chrono::seconds(0);
  std::int64_t seconds = 0;
  const char* const end = header->data() + header->size();
  const auto read = std::from_chars(header->data(), end, seconds);
  const bool good = read.ec == std::errc() && read.ptr == end && seconds >= 0;
  return good ? std::optional(std::chrono::seconds(std::min<std::int64_t>(seconds, INT32_MAX)))
              : std::nullopt;
}

// Assumes that the server set the date half way between request and answer; a cache reports the age
// of its copy.
std::optional<Span> skew_of(const Response& response, Instant sent) {
  const std::string* header = response.header("date");
  const auto date = header ? parse_date(*header) : std::nullopt;
  const auto age = age_of(response);
  if (!date || !age) return std::nullopt;
  const auto halfway = std::chrono::system_clock::now() - (Clock::now() - sent) / 2;
  return std::chrono::duration_cast<Span>(*date + *age - halfway);
}

}  // namespace

asio::awaitable<void> ask(Transport& transport, const Wire& wire, ResponseReader& reader,
                          Trace& trace) {
  const Instant sent = Clock::now();
  trace.enter(Phase::request, sent);
  const Io io = co_await write_all(transport, wire.bytes);
  if (io.error == asio::error::operation_aborted) {
    reader.broke(io_failure(io.error));
    co_return;
  }
  // A failed write is not decisive: a server may answer and close before it has read everything.
  trace.enter(Phase::first_byte);
  co_await receive_some(transport, reader);
  // The write consumed the error of a reset; the read only sees the end of the stream.
  if (io.error && !reader.started()) reader.broke(io_failure(io.error));
  if (reader.started()) trace.enter(Phase::body);
  while (!reader.header_done() && !reader.over()) co_await receive_some(transport, reader);
  if (!reader.header_done()) co_return;
  reader.response().skew = skew_of(reader.response(), sent);
  if (reader.response().skew) trace.skew = reader.response().skew;
}

namespace {
Exchange asked(const Request& request, Headers sent, Instant at, const Trace& trace) {
  return {.method = request.method,
          .url = request.url.text(),
          .sent = std::move(sent),
          .sent_body = request.body.substr(0, body_start),
          .peer = trace.peer(),
          .at = at};
}
}  // namespace

void note_asked(const Request& request, const Wire& wire, Instant at, Trace& trace) {
  trace.asks(asked(request, wire.headers, at, trace));
}

Answer conclude(const Request& request, Wire wire, Instant at, ResponseReader& reader,
                Trace& trace) {
  // A cancelled phase stays open, because the deadline is attributed to it.
  if (reader.failure().reason != Reason::cut) trace.leave();
  Answer answer;
  answer.failure = {reader.failure().reason, trace.scrub(reader.failure().detail)};
  if (reader.done()) answer.surplus = reader.rest();
  answer.status = reader.status();
  if (reader.header_done()) answer.response = std::move(reader.response());
  Exchange made = asked(request, std::move(wire.headers), at, trace);
  made.status = answer.response.status;
  made.received = answer.response.headers;
  made.body = answer.response.body.substr(0, body_start);
  made.body_bytes = answer.response.body.size();
  trace.exchange(std::move(made));
  return answer;
}

}  // namespace sonde::net
