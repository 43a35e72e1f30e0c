#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// What to read of a response, and how much of it to store.
struct Reading {
  std::size_t header_max;  // bytes of status lines and headers, interim responses included
  std::size_t body_max;    // bytes of the body, after decoding
  bool no_body = false;    // answer to HEAD or CONNECT: it ends after its header section
  bool clip_body = false;  // cut a body at body_max; otherwise it fails with body_too_big
};

// Parses one HTTP/1.x response from the bytes of a connection (RFC 9112), without I/O. The caller
// stores bytes in `space()` and reports them with `received()`, until `done()` or `failure()`.
// Skips interim responses (1xx except 101), at most 64. Two
// different Location headers are bad_http.
class ResponseReader {
 public:
  explicit ResponseReader(const Reading& reading);
  ~ResponseReader();
  ResponseReader(ResponseReader&&) noexcept;

  // Where to store the next bytes; never empty. Invalidated by `received`.
  std::span<char> space();
  void received(std::size_t bytes);
  // The peer ended its stream: completes a body that is delimited by the end, or fails with
  // closed_early, truncated_body, or by what the bytes look like.
  void ended();
  // The connection failed within the response with `failure`; if the body has begun, the result is
  // truncated_body.
  void broke(Failure failure);

  bool started() const;      // at least one byte was received
  bool header_done() const;  // of the final response
  int status() const;        // of the status line, as soon as it came; 0 before
  bool done() const;
  const Failure& failure() const;  // Reason::ok: none
  bool over() const { return done() || failure().reason != Reason::ok; }

  Response& response();
  // The bytes after the end of the response.
  std::string_view rest() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::net
