#include "deploy/demo/session.hpp"

#include <deque>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/frames.hpp"

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace sonde::demo {
namespace {

constexpr auto with_error = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t longest_message = 65536, most_waiting = 1024;
constexpr int most_runs = 8;
using Upgrade = boost::beast::http::request<boost::beast::http::string_body>;
using Frame = std::shared_ptr<const std::string>;

Now now() { return std::chrono::system_clock::now(); }

class Session : public Listener, public std::enable_shared_from_this<Session> {
 public:
  Session(Backend& backend, Stream stream, const Admission& admission)
      : backend_(backend), admission_(admission), socket_(std::move(stream)) {
    backend_.hub.enter(*this);
  }
  ~Session() override { backend_.hub.leave(*this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> hold(const Upgrade& upgrade);
  const std::string& user() const override { return admission_.user; }
  void send(Frame frame) override;

 private:
  void say(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  asio::awaitable<bool> accept(const Upgrade& upgrade);
  asio::awaitable<void> listen();
  asio::awaitable<void> linger();
  void hear(std::string_view text);
  void begin_run(const Said& said);
  asio::awaitable<void> play(Plan plan);
  void tell(const Plan& plan, const Beat& beat);
  void write_next();
  void end_with_fin();

  Backend& backend_;
  const Admission admission_;
  websocket::stream<Stream, false> socket_;
  std::deque<Frame> waiting_;
  bool ends_ = false, ended_ = false;
  int runs_ = 0;
};

asio::awaitable<bool> Session::accept(const Upgrade& upgrade) {
  socket_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                                     .idle_timeout = std::chrono::minutes(5),
                                                     .keep_alive_pings = false});
  socket_.set_option(websocket::stream_base::decorator([this](websocket::response_type& response) {
    response.set(boost::beast::http::field::server, "sonde-demo");
    if (admission_.protocol.empty()) return;
    response.set(boost::beast::http::field::sec_websocket_protocol, admission_.protocol);
  }));
  socket_.read_message_max(longest_message);
  const auto [error] = co_await socket_.async_accept(upgrade, with_error);
  co_return !error;
}

asio::awaitable<void> Session::hold(const Upgrade& upgrade) {
  const bool open = co_await accept(upgrade);
  if (!open) co_return;
  if (admission_.closes) {
    const websocket::close_reason why(websocket::close_code::policy_error, "Authentication failed");
    [[maybe_unused]] const auto [error] = co_await socket_.async_close(why, with_error);
    co_return;
  }
  if (admission_.ends) end_with_fin();
  if (!admission_.silent && !ended_) {
    say(ready_frame(user(), backend_.ids.next("conn"), admission_.mode, now()));
  }
  co_await listen();
  ended_ = true;
  co_await linger();
}

// Closing a descriptor with unread bytes sends an RST, which may overtake our last frame.
asio::awaitable<void> Session::linger() {
  auto& stream = boost::beast::get_lowest_layer(socket_);
  stream.send_fin();
  asio::steady_timer limit(socket_.get_executor(), std::chrono::seconds(2));
  limit.async_wait([self = shared_from_this()](error_code error) {
    if (!error) boost::beast::get_lowest_layer(self->socket_).close();
  });
  char unread[4096];
  error_code error;
  while (!error) {
    const auto got = co_await stream.async_read_some(asio::buffer(unread), with_error);
    error = std::get<0>(got);
  }
  limit.cancel();
  stream.close();
}

asio::awaitable<void> Session::listen() {
  boost::beast::flat_buffer buffer;
  error_code error;
  while (!error) {
    const auto got = co_await socket_.async_read(buffer, with_error);
    error = std::get<0>(got);
    const auto data = buffer.cdata();
    if (!error) hear({static_cast<const char*>(data.data()), data.size()});
    buffer.consume(buffer.size());
  }
}

void Session::hear(std::string_view text) {
  const auto said = understand(text);
  if (said.type.empty()) return say(error_frame("VALIDATION_FAILED", "Not a JSON object"));
  if (said.type == "ping") return say(pong_frame(user(), now()));
  if (said.type == "heartbeat") return say(R"({"type":"heartbeat_ack"})");
  if (admission_.mode == "legacy") return say(legacy_frame(said.type));
  if (said.type == "user_message" || said.type == "message") return begin_run(said);
  say(ack_frame(said.type));
}

void Session::begin_run(const Said& said) {
  if (runs_ >= most_runs) return say(error_frame("TOO_MANY_RUNS", "Wait for a run to end"));
  auto plan = make_plan(said.content, said.thread, backend_.options.think, backend_.ids);
  backend_.faults.meet(Place::run, plan);
  ++runs_;
  asio::co_spawn(socket_.get_executor(), play(std::move(plan)), asio::detached);
}

asio::awaitable<void> Session::play(Plan plan) {
  const auto self = shared_from_this();
  asio::steady_timer timer(socket_.get_executor());
  for (const auto& beat : plan.beats) {
    if (beat.wait.count() > 0) {
      timer.expires_after(beat.wait);
      [[maybe_unused]] const auto [error] = co_await timer.async_wait(with_error);
    }
    if (ended_) co_return;
    tell(plan, beat);
  }
  if (plan.ends) end_with_fin();
  --runs_;
}

void Session::tell(const Plan& plan, const Beat& beat) {
  const auto frame = std::make_shared<const std::string>(event_frame(plan, beat, user(), now()));
  send(frame);
  if (plan.to_everybody) backend_.hub.send_to_others(user(), frame);
}

void Session::send(Frame frame) {
  if (ended_ || ends_) return;
  if (waiting_.size() == most_waiting) return boost::beast::get_lowest_layer(socket_).close();
  waiting_.push_back(std::move(frame));
  if (waiting_.size() == 1) write_next();
}

void Session::write_next() {
  socket_.async_write(asio::buffer(*waiting_.front()),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        self->waiting_.pop_front();
                        if (error) self->ended_ = true;
                        if (self->ended_) return;
                        if (!self->waiting_.empty()) return self->write_next();
                        if (self->ends_) self->end_with_fin();
                      });
}

// Closes after the queue was written; whatever the client still sends is read and dropped.
void Session::end_with_fin() {
  ends_ = true;
  if (!waiting_.empty()) return;
  ended_ = true;
  boost::beast::get_lowest_layer(socket_).send_fin();
}

}  // namespace

asio::awaitable<void> hold_session(Backend& backend, Stream stream, const Upgrade& upgrade,
                                   const Admission& admission) {
  const auto session = std::make_shared<Session>(backend, std::move(stream), admission);
  co_await session->hold(upgrade);
}

}  // namespace sonde::demo
