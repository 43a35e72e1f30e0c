#pragma once
#include <list>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "probes/net/websocket.hpp"
#include "probes/net/ws_tap.hpp"

namespace sonde::net {

// What a session and the operations that wait for its peer share; private to its two files. Every
// pending operation holds it, so that a Websocket may go at any time: the transport is closed,
// the operations end, the last one takes this along.
struct Websocket::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;
  using Stream = boost::beast::websocket::stream<Tap, false>;

  State(Tap tap, const Limits& bounds, std::string selected);

  void open();
  void drop(EndedBy by);  // ends the session from our side
  void notify();          // wakes whoever waits; each looks for itself what has changed
  // Waits for a change. False: `until` has passed, or the run was cut.
  boost::asio::awaitable<bool> changed(Instant until);
  bool over() const { return ending.has_value(); }

  void read();
  void read_on();
  void write(std::string_view payload, bool binary);
  void ping();
  void close(std::uint16_t code);
  void on_read(Error error);
  void on_control(boost::beast::websocket::frame_type kind, std::string_view payload);
  void on_written(Error error);
  void finish(Error error);
  void blame(Reason reason, std::string detail);
  bool count();

  Stream stream;
  Limits limits;
  std::string subprotocol;
  Instant opened = Clock::now();
  std::optional<Ending> ending;
  std::optional<Failure> fault;

  std::list<Message> inbox;
  std::size_t inbox_bytes = 0;
  std::size_t frames = 0;
  std::size_t bytes_left;
  bool reading = false;
  boost::beast::flat_buffer incoming;

  std::string outgoing;
  bool writing = false;
  Error write_error;

  std::uint32_t pings = 0;
  bool pinging = false;
  Instant pinged;
  std::optional<Span> pong;

  bool closing = false, closed = false;
  int close_code = 0;  // ours
  std::vector<boost::asio::steady_timer*> waiters;
};

}  // namespace sonde::net
