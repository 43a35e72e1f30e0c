#pragma once
#include <cstddef>
#include <expected>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/net/dial.hpp"

namespace sonde::net {

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers;  // Host, Connection, User-Agent, Accept-Encoding and Content-Length are added
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  // decoded (chunked, gzip, deflate), at most limits.body bytes
  // The server's clock minus our wall clock, from its Date and the Age of the answer (RFC 9111
  // section 4.2.3); positive: the server is ahead. Empty: no Date.
  std::optional<Span> skew = std::nullopt;
  std::string phrase = {};  // the reason phrase of a 4xx or 5xx, if it is not the usual one
  // The first value of a header, by case-insensitive name; null if there is none.
  const std::string* header(std::string_view name) const;
};

// The result of a request: a complete response, or a failure and the part that was received.
struct Answer {
  Response response;         // status 0: no complete header section was received
  Failure failure;           // Reason::ok: the response is complete
  std::string surplus = {};  // bytes that were read behind the end of the body
  int status = 0;            // of the status line, also where no whole header section arrived
  bool ok() const { return failure.reason == Reason::ok; }
};

// One request and its response over a new connection, which is closed afterwards. Follows redirects
// as configured, each an exchange of its own in the trace. Phases request, first_byte, body.
// Records the skew of the Date header in the trace. Failures: those of dial; cut as in
// deadline.hpp; closed_early, truncated_body, bad_http, header_too_big, body_too_big, bad_encoding,
// redirected (too many, or a bad Location).
boost::asio::awaitable<Answer> fetch(Network& network, const Request& request,
                                     const ConnectionOptions& line, const Redirects& redirects,
                                     Trace& trace);

// The response to an upgrade request, over a connection that stays open. With status 101, `rest`
// has the bytes after the header section; with any other status the start of the body is read,
// without waiting for its end.
struct UpgradeAnswer {
  Answer answer;
  std::unique_ptr<Transport> line;
  std::string rest;
};
boost::asio::awaitable<UpgradeAnswer> exchange_upgrade(Network& network, const Request& request,
                                                       const ConnectionOptions& line, Trace& trace);

}  // namespace sonde::net
