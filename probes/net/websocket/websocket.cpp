#include "probes/net/websocket/websocket.hpp"

#include <boost/asio/this_coro.hpp>

#include "probes/net/websocket/ws_handshake.hpp"
#include "probes/net/websocket/ws_state.hpp"

namespace sonde::net {

namespace asio = boost::asio;

namespace {
const std::optional<Ending> not_ended;
const std::optional<Failure> no_fault;

std::unexpected<Failure> unsent(std::string why) {
  return std::unexpected(Failure{Reason::send_failed, std::move(why)});
}
}  // namespace

Websocket::Websocket(std::shared_ptr<State> state) : state_(std::move(state)) {}
Websocket::Websocket(Websocket&&) noexcept = default;

Websocket& Websocket::operator=(Websocket&& other) noexcept {
  if (state_) state_->drop(EndedBy::us);
  state_ = std::move(other.state_);
  network_ = other.network_;
  line_ = other.line_;
  return *this;
}

Websocket::~Websocket() {
  if (state_) state_->drop(EndedBy::us);
}

asio::awaitable<std::optional<Message>> Websocket::receive(Instant until) {
  const auto state = state_;
  bool more = true;
  while (more && state->inbox.empty() && !state->over()) more = co_await state->changed(until);
  co_return take();
}

std::optional<Message> Websocket::take() {
  if (state_->inbox.empty()) {
    state_->end_seen = state_->over();
    return std::nullopt;
  }
  std::optional<Message> message = std::move(state_->inbox.front());
  state_->inbox.pop_front();
  state_->inbox_bytes -= message->payload.size();
  state_->read();
  return message;
}

bool Websocket::has_message() const { return !state_->inbox.empty(); }

asio::awaitable<bool> Websocket::changed(Instant until) { return state_->changed(until); }

asio::awaitable<std::expected<void, Failure>> Websocket::send(std::string_view payload,
                                                              bool binary) {
  const auto state = state_;
  if (state->over() || state->closing) co_return unsent("the session is over");
  const auto whole = state->write(binary ? Opcode::binary : Opcode::text, payload);
  const auto pending = [&] { return state->written < whole && !state->write_error; };
  bool more = true;
  while (more && pending() && !state->over()) more = co_await state->changed(Instant::max());
  if (!more) co_return std::unexpected(cut_failure());
  if (state->write_error) co_return unsent(state->write_error.message());
  if (pending()) co_return unsent("the session ended meanwhile");
  co_return std::expected<void, Failure>();
}

asio::awaitable<std::optional<Span>> Websocket::ping(Instant until) {
  const auto state = state_;
  if (state->over() || state->closing) co_return std::nullopt;
  state->ping();
  bool more = true;
  while (more && !state->pong && !state->over()) more = co_await state->changed(until);
  co_return state->pong;
}

asio::awaitable<void> Websocket::close(std::uint16_t code, Instant until) {
  const auto state = state_;
  if (!state->over() && !state->closing) state->close(code);
  bool more = true;
  while (more && !state->closed && !state->over()) more = co_await state->changed(until);
  const auto cut = co_await asio::this_coro::cancellation_state;
  const bool by_us = cut.cancelled() == asio::cancellation_type::none;
  const bool whole = state->closed || state->over();
  if (whole)
    state->drop(EndedBy::us);
  else
    state->abandon(by_us ? EndedBy::us : EndedBy::deadline);
  state->end_seen = true;
}

Instant Websocket::opened() const { return state_->opened; }
Instant Websocket::heard() const { return state_->arrived; }
Span Websocket::survived() const { return state_->survived; }
const std::optional<Ending>& Websocket::ended() const {
  return state_->end_seen ? state_->ending : not_ended;
}
const std::optional<Failure>& Websocket::fault() const {
  return state_->end_seen ? state_->fault : no_fault;
}
const std::string& Websocket::subprotocol() const { return state_->subprotocol; }

asio::awaitable<Upgraded> upgrade(Network& network, const UpgradeRequest& request,
                                  const ConnectionOptions& line, Trace& trace) {
  Upgraded upgraded;
  const std::string key = make_key();
  const auto ours = upgrade_request(request, key);
  if (!ours) {
    upgraded.answer.failure = ours.error();
    co_return upgraded;
  }
  UpgradeAnswer theirs = co_await exchange_upgrade(network, *ours, line, trace);
  upgraded.answer = std::move(theirs.answer);
  if (!theirs.line) co_return upgraded;
  auto selected = judge_switch(upgraded.answer.response, key, request);
  if (selected && !request.deflate) {
    upgraded.session = open_session(std::move(theirs.line), std::move(theirs.rest), line.limits,
                                    std::move(*selected));
    upgraded.session->network_ = &network;
    upgraded.session->line_ = &line;
  } else if (!selected) {
    upgraded.answer.failure = {selected.error().reason, trace.scrub(selected.error().detail)};
  }
  co_return upgraded;
}

}  // namespace sonde::net
