#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// What a response is read for, and how much of it may be held.
struct Reading {
  std::size_t header_max;  // bytes of status lines and headers, interim responses included
  std::size_t body_max;    // bytes of the body, after decoding
  bool no_body = false;    // the answer to HEAD or CONNECT: it ends with its header section
  bool clip_body = false;  // a body beyond body_max is cut there; otherwise body_too_big
};

// One HTTP/1.x response out of the bytes of a connection (RFC 9112): the decisions of an exchange
// without its I/O. Bytes are received into `space()` and told by `received()`, until `done()` or
// `failure()`. Interim responses (1xx but 101) are skipped, at most eight of them.
class ResponseReader {
 public:
  explicit ResponseReader(const Reading& reading);
  ~ResponseReader();
  ResponseReader(ResponseReader&&) noexcept;

  // Where the next bytes go; never empty. Invalidated by `received`.
  std::span<char> space();
  void received(std::size_t bytes);
  // The peer ended its stream: completes a body that lasts until then, or fails with
  // closed_early, truncated_body, or what the bytes looked like.
  void ended();
  // The connection broke within the response: `failure` says how; a body begun becomes
  // truncated_body.
  void broke(Failure failure);

  bool started() const;      // at least one byte came
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
