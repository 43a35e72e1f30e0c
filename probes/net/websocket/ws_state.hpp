#pragma once
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "probes/net/transport.hpp"
#include "probes/net/websocket/websocket.hpp"
#include "probes/net/websocket/ws_frame.hpp"

namespace sonde::net {

// Opens a session over an upgraded connection; `rest` came after the 101. Starts to read at once.
Websocket open_session(std::unique_ptr<Transport> line, std::string rest, const Limits& limits,
                       std::string subprotocol);

// State shared by a session and its pending operations; private to its two sources. Every pending
// operation keeps it alive, so a Websocket may be destroyed at any time: the transport is closed,
// the operations end, and the last one destroys the state.
struct Websocket::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;

  // `rest` came after the 101.
  State(std::unique_ptr<Transport> line, std::string rest, const Limits& bounds,
        std::string selected);

  // Ends the session from our side. Queued data is still written, for at most a second, in the
  // background; then the connection is closed.
  void drop(EndedBy by);
  // Ends the session and closes the connection at once.
  void abandon(EndedBy by);
  void notify();  // wakes all waiters; each checks what has changed
  // Waits for a change. False: `until` has passed, or the run was cancelled.
  boost::asio::awaitable<bool> changed(Instant until);
  bool over() const { return ending.has_value(); }

  // Takes complete frames from the received bytes, and continues to read.
  void read();
  // Queues a frame; returns the value that `written` has once it is sent.
  std::uint64_t write(Opcode opcode, std::string_view payload);
  void ping();
  void close(std::uint16_t code);

  void on_read(Error error, std::size_t bytes);
  void on_written(Error error, std::size_t bytes);
  bool is_full() const;
  void take_frames();
  void take(FrameReader::Heard heard);
  void take_message(FrameReader::Heard heard);
  void take_close(const FrameReader::Heard& heard);
  bool count();
  void write_on();
  void blame(Failure failure);
  void end(EndedBy by);
  void write_out();
  void shut();

  std::unique_ptr<Transport> transport;
  Limits limits;
  std::string subprotocol;
  Instant opened = Clock::now();
  // Both become visible only once all messages before them were taken.
  std::optional<Ending> ending;
  std::optional<Failure> fault;
  bool end_seen = false;

  FrameReader reader;
  bool reading = false;
  Instant arrived;  // when the last bytes were read
  Span survived{};  // the longest silence before that
  std::list<Message> inbox;
  std::size_t inbox_bytes = 0;
  std::size_t frames = 0;
  std::size_t bytes_left;  // limit for the rest of the session's messages
  std::size_t allowance;   // bytes until the next message has to be complete

  std::string waiting, flying;            // frames to be sent, and the bytes being sent
  std::size_t sent = 0;                   // of those
  std::uint64_t queued = 0, written = 0;  // bytes, of all frames
  Error write_error;
  bool gathering = false;                               // queued frames are sent together
  std::optional<boost::asio::steady_timer> last_words;  // limits the time to write the rest

  std::uint32_t pings = 0;
  Instant pinged;
  std::optional<Span> pong;

  bool closing = false, closed = false;
  int close_code = 0;  // ours; 0: none was sent
  std::vector<boost::asio::steady_timer*> waiters;
};

}  // namespace sonde::net
