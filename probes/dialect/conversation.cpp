#include "probes/dialect/conversation.hpp"

#include <algorithm>

#include "probes/dialect/steps.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

constexpr std::size_t answer_max = std::size_t{1024} * 1024;  // limit on collected bytes
constexpr Span far = std::chrono::hours(24);                  // the deadline of the run is earlier

struct Question {
  Challenge challenge;
  std::string prompt;
};

// The prompt, and when it was about to be sent.
struct Talk {
  const ChatExchange& turn;
  OwnRuns* own_runs;
  Instant asked{};
};

// What was received after the prompt.
struct Received {
  End how = End::settled;
  std::optional<Failure> failure;  // of a frame or of the session, regardless of the events
  std::optional<std::string> answer;
};

Failure unknown_name(const std::string& name) {
  return {Reason::own_request, "nothing is known of '" + name + "'"};
}

std::expected<Question, Failure> ask(const ChatExchange& turn, text::Names& names, Trace& trace) {
  if (auto set = set_vars(*turn.dialect, names); !set) return std::unexpected(set.error());
  Question question{.challenge = make_challenge(turn.challenge, names), .prompt = {}};
  names.set("challenge", question.challenge.question);
  auto prompt = turn.prompt.render(names);
  if (!prompt) return std::unexpected(unknown_name(prompt.error()));
  question.prompt = *std::move(prompt);
  names.set("prompt", question.prompt);
  if (auto set = set_turn_vars(*turn.dialect, names); !set) return std::unexpected(set.error());
  hide_made(*turn.dialect, true, names, trace);
  return question;
}

void collect(const ChatExchange& turn, const EventSpec* event, const Frame& frame,
             Received& received) {
  const auto& of = turn.dialect->answer.of;
  if (!event || std::ranges::count(of, event->id) == 0) return;
  const auto text = answer_in(*turn.dialect, frame.body());
  if (!text) return;
  if (!received.answer)
    received.answer = "";
  else
    *received.answer += turn.dialect->answer.join;
  if (received.answer->size() + text->size() <= answer_max) *received.answer += *text;
}

// Each of several terminal events may contain the answer: the last non-empty one counts.
void collect_end(const ChatExchange& turn, const EventSpec* event, bool over, const Frame& frame,
                 Received& received) {
  const auto& all = turn.rules->terminal_all_of;
  const bool ends = all.empty() ? over : event && std::ranges::count(all, event->id) > 0;
  if (!ends) return;
  auto text = answer_in(*turn.dialect, frame.body());
  if (text && (!received.answer || !text->empty())) received.answer = std::move(text);
}

void hear(const Frame& frame, Instant at, const Talk& talk, Expectation& expectation,
          Received& received, text::Names& names, Trace& trace) {
  const ChatExchange& turn = talk.turn;
  const bool before = expectation.terminal_seen();
  const Incoming incoming{.type = frame.type,
                          .event_id = frame.event_id,
                          .body = frame.body(),
                          .owner = owner_of(*turn.dialect, frame.body(), names, talk.own_runs),
                          .at = at};
  // A message from before the prompt, such as a greeting, is not an answer.
  if (at < talk.asked && incoming.owner != Owner::foreign) return;
  const std::string wrong = expectation.see(incoming);
  if (!wrong.empty()) trace.remark(wrong);
  if (before) return;
  const EventSpec* event = expectation.event_of(incoming);
  if (!turn.dialect->answer.of.empty())
    collect(turn, event, frame, received);
  else
    collect_end(turn, event, expectation.terminal_seen(), frame, received);
}

// A ready message that was not expected, or a second one, is not an event.
bool is_ready(const Dialect& dialect, const Frame& frame, text::Names& names) {
  return !dialect.ready.type.empty() && matches(dialect.ready, frame.type, frame.body(), names);
}

// Whether the conversation is over because nothing more will come.
bool is_over(Arrival::How how, const net::Websocket& session, Expectation& expectation,
             Received& received) {
  if (how == Arrival::How::frame) return false;
  if (how == Arrival::How::silence) return expectation.passed(Clock::now());
  if (how == Arrival::How::ended) received.failure = session.fault();
  received.how = how == Arrival::How::ended ? End::closed : End::deadline;
  return true;
}

// Processes what has arrived. Returns whether the conversation is over.
bool hear_all(Listener& listener, const Talk& talk, Expectation& expectation, Received& received) {
  text::Names& names = listener.names();
  while (auto arrival = listener.take(Step::events)) {
    if (arrival->how == Arrival::How::failed) {
      received.failure = std::move(arrival->failure);
      return true;
    }
    if (is_ready(*talk.turn.dialect, *arrival->frame, names)) continue;
    hear(*arrival->frame, arrival->at, talk, expectation, received, names, listener.trace());
    if (expectation.passed(arrival->at)) return true;
  }
  return false;
}

asio::awaitable<void> listen(Listener& listener, const Talk& talk, Expectation& expectation,
                             Received& received) {
  // A waiting message counts with its own time, so a slow loop of ours is not a stall.
  bool over = hear_all(listener, talk, expectation, received);
  while (!over) {
    const auto how = co_await listener.wait(expectation.next_limit().value_or(Clock::now() + far));
    over = is_over(how, listener.session(), expectation, received) ||
           hear_all(listener, talk, expectation, received);
  }
}

// Foreign frames and the agent's own error are more specific than the failure of the session.
bool outranks(const Failure& failed) {
  return failed.reason == Reason::foreign_event || failed.reason == Reason::agent_error;
}

std::optional<Failure> judge(Expectation& expectation, const Received& received,
                             const net::Websocket& session, Trace& trace) {
  const Ending ending = session.ended().value_or(Ending{});
  if (session.ended()) trace.ended(ending);
  auto failed = expectation.finish(received.how, ending, Clock::now());
  for (auto& note : expectation.notes()) trace.event(std::move(note));
  trace.deliveries = expectation.deliveries();
  trace.first_event = expectation.first_event();
  trace.terminal_event = expectation.terminal_event();
  trace.longest_silence = expectation.longest_silence();
  if (received.failure && !(failed && outranks(*failed))) failed = received.failure;
  return failed;
}

// Sends the prompt: the steps before it, then the frame.
asio::awaitable<std::optional<Failure>> put(Listener& listener, Talk& talk) {
  const ChatExchange& turn = talk.turn;
  if (!turn.dialect->before_send.empty()) {
    auto failed = co_await take_steps(listener, turn.dialect->before_send, Step::events);
    if (failed) co_return failed;
  }
  if (talk.own_runs != nullptr) note_run(*turn.dialect, listener.names(), *talk.own_runs);
  talk.asked = Clock::now();
  if (turn.dialect->request) {
    auto failed = co_await send_by_http(*turn.dialect->request, listener.session(),
                                        listener.names(), Step::events, listener.trace());
    co_return failed;
  }
  const auto sent = co_await listener.say(turn.dialect->send);
  if (sent) co_return std::nullopt;
  auto failed = co_await not_sent(listener, sent.error(), Step::events);
  co_return failed;
}

Verdict failure_at(Step step, Failure failure, const Trace& trace) {
  failure.detail = trace.scrub(failure.detail);
  return Verdict::of(step, std::move(failure));
}

// Judges the events, then the answer. Not inlined, because its temporaries would be in the
// coroutine's frame while it waits.
[[gnu::noinline]] Verdict conclude(const ChatExchange& turn, const Question& question,
                                   Expectation& expectation, const Received& received,
                                   Listener& listener) {
  Trace& trace = listener.trace();
  auto failed = judge(expectation, received, listener.session(), trace);
  trace.close(Phase::events);
  trace.delivered = !failed;
  if (failed) return failure_at(Step::events, *std::move(failed), trace);
  trace.at(Step::answer);
  failed = judge_answer(received.answer, question.prompt, turn.answer, question.challenge,
                        listener.names());
  trace.substantive = !failed;
  if (failed) return failure_at(Step::answer, *std::move(failed), trace);
  return Verdict::pass();
}

}  // namespace

asio::awaitable<Verdict> converse(net::Websocket& session, const ChatExchange& turn,
                                  text::Names& names, Trace& trace, OwnRuns* own_runs) {
  trace.at(Step::events);
  trace.reachable = true;
  const auto question = ask(turn, names, trace);
  if (!question) co_return failure_at(Step::events, question.error(), trace);
  trace.open(Phase::events);
  Listener listener(session, *turn.dialect, names, trace);
  Talk talk{.turn = turn, .own_runs = own_runs};
  auto unasked = co_await put(listener, talk);
  if (unasked) co_return failure_at(Step::events, *std::move(unasked), trace);
  // An answer may come on the socket before that of the request.
  trace.sent = turn.dialect->request ? talk.asked : Clock::now();
  Expectation expectation(*turn.rules, *trace.sent, names);
  Received received;
  co_await listen(listener, talk, expectation, received);
  co_return conclude(turn, *question, expectation, received, listener);
}

}  // namespace sonde::dialect
