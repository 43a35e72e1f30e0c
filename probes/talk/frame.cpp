#include "probes/talk/frame.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "probes/outcome.hpp"
#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::talk {

std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view payload) {
  auto document = text::Document::parse(payload);
  if (!document)
    return std::unexpected(
        Failure{Reason::malformed, fmt::format("a frame is {}: {}", document.error(),
                                               text::json_quote(text::shorten(payload, 80)))});
  Frame frame{.document = *std::move(document), .type = {}, .event_id = {}};
  frame.type = first_text(dialect.type, frame.body());
  frame.event_id = first_text(dialect.event_id, frame.body());
  return frame;
}

Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step) {
  const auto named = reason_named(rule.fail);
  const Reason fallback = step == Step::events ? Reason::agent_error : Reason::bad_ready;
  const bool possible = named && std::ranges::count(reasons_at(step), *named) > 0;
  const auto why = first_text(rule.detail, frame.body());
  return {possible ? *named : fallback,
          fmt::format("{}{}{}", text::shorten(frame.type, 60), why.empty() ? "" : ": ",
                      text::shorten(why, 200))};
}

asio::awaitable<bool> was_cut() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

asio::awaitable<std::expected<void, Failure>> send(net::Websocket& session,
                                                   const std::string& payload, Trace& trace) {
  auto sent = co_await session.send(payload);
  if (sent) trace.frame(Direction::out, "text", payload, Clock::now());
  co_return sent;
}

namespace {

// A reply that could not be sent because the session is over is no failure of its own: whoever
// receives next learns how it ended.
asio::awaitable<std::optional<Failure>> answer(net::Websocket& session, const SessionRule& rule,
                                               const Frame& frame, text::Names& names,
                                               Trace& trace) {
  const auto reply = reply_to(rule, frame.body(), names);
  if (!reply)
    co_return Failure{Reason::own_request,
                      "a rule's reply: nothing is known of '" + reply.error() + "'"};
  auto sent = co_await send(session, *reply, trace);
  if (sent || sent.error().reason != Reason::cut) co_return std::nullopt;
  co_return sent.error();
}

}  // namespace

asio::awaitable<std::expected<std::optional<Frame>, Failure>> take(
    net::Websocket& session, const net::Message& message, Step step, const Dialect& dialect,
    text::Names& names, Trace& trace) {
  trace.frame(Direction::in, message.binary ? "binary" : "text", message.payload, message.at,
              message.binary);
  auto frame = decode(dialect, message.payload);
  if (!frame) {
    trace.remark(frame.error().detail);
    co_return std::unexpected(frame.error());
  }
  const SessionRule* rule = rule_for(dialect, frame->type, frame->body(), names);
  if (!rule) co_return std::optional<Frame>(*std::move(frame));
  capture(*rule, frame->body(), names);
  if (!rule->fail.empty()) {
    auto failed = rule_failure(*rule, *frame, step);
    trace.remark(failed.detail);
    co_return std::unexpected(std::move(failed));
  }
  if (!rule->reply.empty()) {
    auto failed = co_await answer(session, *rule, *frame, names, trace);
    if (failed) co_return std::unexpected(*std::move(failed));
  }
  co_return std::optional<Frame>();
}

}  // namespace sonde::talk
