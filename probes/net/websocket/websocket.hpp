#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

struct UpgradeRequest {
  Url url;                                // ws or wss
  Headers headers;                        // in addition to those of RFC 6455 section 4.1
  std::vector<std::string> subprotocols;  // offered in this order; each an HTTP token
  bool deflate =
      false;  // offers permessage-deflate, for a trial of the handshake: no session follows
  // Accepts a 101 with any subprotocol. Otherwise one of the offered ones has to be selected, as
  // browsers require (WHATWG WebSockets, "establish a WebSocket connection").
  bool any_subprotocol = false;
};

// A complete text or binary message.
struct Message {
  std::string payload;
  bool binary = false;
  Instant at;
};

// An open client session (RFC 6455). Reads in the background, so pings are answered and times are
// right whatever the owner does; messages wait in a bounded inbox. Its destruction drops the
// connection. Single-threaded, on one loop.
class Websocket {
 public:
  struct State;
  explicit Websocket(std::shared_ptr<State> state);
  ~Websocket();
  Websocket(Websocket&&) noexcept;
  Websocket& operator=(Websocket&&) noexcept;

  // The next message. Empty if `until` passes or the run is cancelled (the session stays open), or
  // if the session is over; `ended()` is set once all messages before the end have been taken.
  boost::asio::awaitable<std::optional<Message>> receive(Instant until);
  // The two parts of receive(): take() returns a message that has already arrived; changed() waits
  // until one has arrived or the session is over, and returns false if `until` passed or the run
  // was cancelled.
  std::optional<Message> take();
  bool has_message() const;
  boost::asio::awaitable<bool> changed(Instant until);
  // Succeeds once the whole message was passed to the transport.
  boost::asio::awaitable<std::expected<void, Failure>> send(std::string_view payload,
                                                            bool binary = false);
  // Round-trip time of a ping; empty if no pong came until `until`.
  boost::asio::awaitable<std::optional<Span>> ping(Instant until);
  // Performs the closing handshake until `until` at the latest, then closes the connection.
  boost::asio::awaitable<void> close(std::uint16_t code, Instant until);

  // When the upgrade was accepted.
  Instant opened() const;
  // When the peer's last byte arrived (of any frame, pings included); and the longest silence
  // before it.
  Instant heard() const;
  Span survived() const;
  // How the session ended; empty while it lasts. Messages before the end come first, so it is not
  // set until take() or receive() has found nothing left, or close() dropped the rest.
  const std::optional<Ending>& ended() const;
  // Set if the peer violated the protocol or a limit: protocol_error, extension_fault, malformed
  // (invalid UTF-8), message_too_big, too_many_frames.
  const std::optional<Failure>& fault() const;
  const std::string& subprotocol() const;  // selected by the server; empty: none

  // What upgrade() opened it with, for HTTP requests beside it. Null: it was opened otherwise.
  Network* network() const { return network_; }
  const ConnectionOptions* line() const { return line_; }
  void use_line(const ConnectionOptions& line) { line_ = &line; }

 private:
  friend boost::asio::awaitable<struct Upgraded> upgrade(Network& network,
                                                         const UpgradeRequest& request,
                                                         const ConnectionOptions& line,
                                                         Trace& trace);
  std::shared_ptr<State> state_;
  Network* network_ = nullptr;
  const ConnectionOptions* line_ = nullptr;
};

// The result of an upgrade. With `session`, the whole 101 was right: Upgrade and Connection
// (case-insensitive), the accept digest, no extension, and one of the offered subprotocols.
// Without: `answer` has the refusal (status, headers, start of the body), or its failure the
// reason: those of dial and of HTTP, handshake_eof (ended before any byte), alpn_h2, bad_handshake
// (a wrong 101; the detail names the header), subprotocol_mismatch.
struct Upgraded {
  std::optional<Websocket> session;
  Answer answer;
};

// `network` and `line` have to outlive the session; use_line() names another one that does.
boost::asio::awaitable<Upgraded> upgrade(Network& network, const UpgradeRequest& request,
                                         const ConnectionOptions& line, Trace& trace);

}  // namespace sonde::net
