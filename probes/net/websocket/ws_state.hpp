#pragma once
#include <list>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "probes/net/websocket/websocket.hpp"
#include "probes/net/websocket/ws_frame.hpp"

namespace sonde::net {

// What a session and the operations that wait for its peer share; private to its two files. Every
// pending operation holds it, so that a Websocket may go at any time: the transport is closed,
// the operations end, the last one takes this along.
struct Websocket::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;

  // `rest` came behind the 101.
  State(std::unique_ptr<Transport> line, std::string rest, const Limits& bounds,
        std::string selected);

  // Ends the session from our side. What is queued is still written, for at most a second, while
  // nobody waits for it; then the connection is closed.
  void drop(EndedBy by);
  // The same without a word more: the connection is closed at once.
  void abandon(EndedBy by);
  void notify();  // wakes whoever waits; each looks for itself what has changed
  // Waits for a change. False: `until` has passed, or the run was cut.
  boost::asio::awaitable<bool> changed(Instant until);
  bool over() const { return ending.has_value(); }

  // Takes what is whole of what came, and reads on.
  void read();
  // Sends a frame when those before it were; gives the value of `written` when it is.
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
  // Both are seen only once a take found nothing before them.
  std::optional<Ending> ending;
  std::optional<Failure> fault;
  bool end_seen = false;

  FrameReader reader;
  bool reading = false;
  Instant arrived;  // what was read last
  Span survived{};  // the longest silence before that
  std::list<Message> inbox;
  std::size_t inbox_bytes = 0;
  std::size_t frames = 0;
  std::size_t bytes_left;  // of the session's messages
  std::size_t allowance;   // bytes until the next message is whole

  std::string waiting, flying;  // frames that are to be sent, and the bytes that are being sent
  std::size_t sent = 0;         // of those
  std::uint64_t queued = 0, written = 0;  // bytes, of all frames
  Error write_error;
  bool gathering = false;                               // what is queued goes out together
  std::optional<boost::asio::steady_timer> last_words;  // how long the rest may take to be written

  std::uint32_t pings = 0;
  Instant pinged;
  std::optional<Span> pong;

  bool closing = false, closed = false;
  int close_code = 0;  // ours; 0: none was sent
  std::vector<boost::asio::steady_timer*> waiters;
};

}  // namespace sonde::net
