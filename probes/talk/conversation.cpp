#include "probes/talk/conversation.hpp"

#include <fmt/format.h>

#include "probes/talk/frame.hpp"

namespace asio = boost::asio;

namespace sonde::talk {
namespace {

constexpr Span far = std::chrono::hours(24);  // the deadline of the run comes first

struct Question {
  Challenge challenge;
  std::string prompt;
  std::string payload;
};

// What was heard after the question.
struct Heard {
  End how = End::settled;
  std::optional<Failure> failure;  // of a frame or of the session, whatever the events say
  std::optional<std::string> answer;
};

Failure unknown_name(const std::string& name) {
  return {Reason::own_request, "nothing is known of '" + name + "'"};
}

std::expected<Question, Failure> ask(const Turn& turn, text::Names& names) {
  if (auto set = set_vars(*turn.dialect, names); !set)
    return std::unexpected(unknown_name(set.error()));
  Question question{
      .challenge = make_challenge(turn.challenge, names), .prompt = {}, .payload = {}};
  names.set("challenge", question.challenge.question);
  auto prompt = turn.prompt.render(names);
  if (!prompt) return std::unexpected(unknown_name(prompt.error()));
  question.prompt = *std::move(prompt);
  names.set("prompt", question.prompt);
  auto payload = turn.dialect->send.render_json(names);
  if (!payload) return std::unexpected(unknown_name(payload.error()));
  question.payload = *std::move(payload);
  return question;
}

// The server may end the session while we send: then that is what happened.
Failure not_sent(const net::Websocket& session, const Failure& failed, Trace& trace) {
  if (failed.reason == Reason::cut) return failed;
  if (session.fault()) return *session.fault();
  if (!session.ended()) return {Reason::send_failed, failed.detail};
  const Ending& ending = *session.ended();
  trace.ended(ending);
  return {Reason::closed_midstream,
          fmt::format("the session ended ({}{}) before the prompt was sent", name(ending.by),
                      ending.code == 0 ? "" : fmt::format(" {}", ending.code))};
}

void hear(const Frame& frame, Instant at, const Turn& turn, Expectation& expectation, Heard& heard,
          text::Names& names, Trace& trace) {
  const bool before = expectation.terminal_seen();
  const Incoming incoming{.type = frame.type,
                          .event_id = frame.event_id,
                          .body = frame.body(),
                          .owner = owner_of(*turn.dialect, frame.body(), names),
                          .at = at};
  const std::string wrong = expectation.see(incoming);
  if (!wrong.empty()) trace.remark(wrong);
  if (!before && expectation.terminal_seen()) heard.answer = answer_in(*turn.dialect, frame.body());
}

// A ready message that nobody waited for, or a second one, is no event.
bool is_ready(const Dialect& dialect, const Frame& frame, text::Names& names) {
  return !dialect.ready.type.empty() && matches(dialect.ready, frame.type, frame.body(), names);
}

asio::awaitable<Heard> listen(net::Websocket& session, const Turn& turn, Expectation& expectation,
                              text::Names& names, Trace& trace) {
  Heard heard;
  // A message that waits in the inbox counts by its own time, so a slow loop of ours is no stall.
  while (true) {
    const Instant until = expectation.next_limit().value_or(Clock::now() + far);
    const auto message = co_await session.receive(until);
    const bool cut = co_await was_cut();
    if (!message && session.ended()) {
      heard.how = End::closed;
      heard.failure = session.fault();
      co_return heard;
    }
    if (!message && cut) heard.how = End::deadline;
    if (!message && (cut || expectation.passed(Clock::now()))) co_return heard;
    if (!message) continue;
    auto frame = co_await take(session, *message, Step::events, *turn.dialect, names, trace);
    if (!frame && frame.error().reason == Reason::cut) continue;
    if (!frame) heard.failure = frame.error();
    if (!frame) co_return heard;
    if (!*frame || is_ready(*turn.dialect, **frame, names)) continue;
    hear(**frame, message->at, turn, expectation, heard, names, trace);
    if (expectation.passed(message->at)) co_return heard;
  }
}

// Another run's frames and the agent's own error say more than how the session broke.
bool outranks(const Failure& failed) {
  return failed.reason == Reason::foreign_event || failed.reason == Reason::agent_error;
}

std::optional<Failure> judge(Expectation& expectation, const Heard& heard,
                             const net::Websocket& session, Trace& trace) {
  const Ending ending = session.ended().value_or(Ending{});
  if (session.ended()) trace.ended(ending);
  auto failed = expectation.finish(heard.how, ending, Clock::now());
  for (auto& note : expectation.notes()) trace.event(std::move(note));
  trace.deliveries = expectation.deliveries();
  trace.first_event = expectation.first_event();
  trace.terminal_event = expectation.terminal_event();
  trace.longest_silence = expectation.longest_silence();
  if (heard.failure && !(failed && outranks(*failed))) failed = heard.failure;
  return failed;
}

Verdict concluded(Step step, Failure failure, const Trace& trace) {
  failure.detail = trace.scrub(failure.detail);
  return Verdict::of(step, std::move(failure));
}

}  // namespace

asio::awaitable<Verdict> converse(net::Websocket& session, const Turn& turn, text::Names& names,
                                  Trace& trace) {
  trace.at(Step::events);
  trace.reachable = true;
  const auto question = ask(turn, names);
  if (!question) co_return concluded(Step::events, question.error(), trace);
  trace.open(Phase::events);
  const auto sent = co_await send(session, question->payload, trace);
  if (!sent) co_return concluded(Step::events, not_sent(session, sent.error(), trace), trace);
  trace.sent = Clock::now();
  Expectation expectation(turn.rules, *trace.sent, names);
  const auto heard = co_await listen(session, turn, expectation, names, trace);
  auto failed = judge(expectation, heard, session, trace);
  trace.close(Phase::events);
  trace.delivered = !failed;
  if (failed) co_return concluded(Step::events, *std::move(failed), trace);
  trace.at(Step::answer);
  failed = judge_answer(heard.answer, question->prompt, turn.answer, question->challenge, names);
  trace.substantive = !failed;
  if (failed) co_return concluded(Step::answer, *std::move(failed), trace);
  co_return Verdict::pass();
}

}  // namespace sonde::talk
