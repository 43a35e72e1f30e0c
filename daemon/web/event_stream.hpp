#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde::web {

class ClientStream;

// The body of an answer that goes on, as server-sent events (WHATWG HTML section 9.2). A route
// makes it and keeps a weak pointer to it; the session of the client owns it, and sends what is
// pushed until either side ends. Used on the executor of the listener alone.
class EventStream {
 public:
  // What is sent next, complete events. Replaces what was pushed and is not sent yet: a slow client
  // misses events, but costs no memory.
  void push(std::string events);
  void end();
  // The client has gone, or the server ends: it may be forgotten.
  bool ended() const { return ended_; }

 private:
  friend boost::asio::awaitable<void> send_events(ClientStream& stream,
                                                  std::shared_ptr<EventStream> events,
                                                  Span heartbeat, Span write_limit);
  std::optional<std::string> next_;
  std::function<void()> wake_;
  bool ended_ = false;
};

// Sends the events, and a comment if there was none for `heartbeat`, so that a client that has gone
// is noticed. Ends with the stream, with a client that reads nothing for `write_limit`, or by
// end().
boost::asio::awaitable<void> send_events(ClientStream& stream, std::shared_ptr<EventStream> events,
                                         Span heartbeat, Span write_limit);

}  // namespace sonde::web
