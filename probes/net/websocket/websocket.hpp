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
  Headers headers;                        // added to those of RFC 6455 4.1
  std::vector<std::string> subprotocols;  // offered in this order; each an HTTP token
  bool deflate =
      false;  // offers permessage-deflate, for a trial of the handshake: no session follows
  // Takes a 101 whatever subprotocol it selects. Else one of those that are offered has to be, as
  // browsers want it (WHATWG WebSockets, "establish a WebSocket connection").
  bool any_subprotocol = false;
};

// A complete text or binary message.
struct Message {
  std::string payload;
  bool binary = false;
  Instant at;
};

// An open client session (RFC 6455). It reads on its own, so pings are answered and times are
// right whatever the owner does; messages wait in a bounded inbox. Destroying it drops the
// connection. All of it on one loop.
class Websocket {
 public:
  struct State;
  explicit Websocket(std::shared_ptr<State> state);
  ~Websocket();
  Websocket(Websocket&&) noexcept;
  Websocket& operator=(Websocket&&) noexcept;

  // The next message; empty when `until` passes first or the run is cut (the session lives on) or
  // when the session is over: `ended()` then says so, for every message before it was taken.
  boost::asio::awaitable<std::optional<Message>> receive(Instant until);
  // The two parts of it: a message that is there already, and a wait until something has changed,
  // as that one came or the session is over. False: `until` has passed, or the run was cut.
  std::optional<Message> take();
  bool has_message() const;
  boost::asio::awaitable<bool> changed(Instant until);
  // True once the whole message was handed to the transport.
  boost::asio::awaitable<std::expected<void, Failure>> send(std::string_view payload,
                                                            bool binary = false);
  // Round-trip time of a ping; empty when no pong came until then.
  boost::asio::awaitable<std::optional<Span>> ping(Instant until);
  // The closing handshake, given up at `until`; then the connection is closed.
  boost::asio::awaitable<void> close(std::uint16_t code, Instant until);

  // When the upgrade was accepted.
  Instant opened() const;
  // When the peer's last byte came, be it of a ping; and the longest silence before it.
  Instant heard() const;
  Span survived() const;
  // How the session ended; empty while it lasts. What came before the end is judged before it, so
  // neither is told until take() or receive() has found nothing left, or close() gave up the rest.
  const std::optional<Ending>& ended() const;
  // Set when the peer broke the protocol or a bound: protocol_error, extension_fault, malformed
  // (invalid UTF-8), message_too_big, too_many_frames.
  const std::optional<Failure>& fault() const;
  const std::string& subprotocol() const;  // what the server selected; empty: none

 private:
  std::shared_ptr<State> state_;
};

// What an upgrade came to. With `session`, the whole 101 was right: Upgrade and Connection
// (case-insensitive), the accept digest, no extension, and one of the offered subprotocols.
// Without: `answer` holds the refusal (status, headers, start of the body), or its failure the
// reason: those of dial and of HTTP, handshake_eof (ended before any byte), alpn_h2,
// bad_handshake (a wrong 101; the detail says which header), subprotocol_mismatch.
struct Upgraded {
  std::optional<Websocket> session;
  Answer answer;
};

boost::asio::awaitable<Upgraded> upgrade(Network& network, const UpgradeRequest& request,
                                         const ConnectionOptions& line, Trace& trace);

}  // namespace sonde::net
