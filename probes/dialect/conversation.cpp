#include "probes/dialect/conversation.hpp"

#include <algorithm>

#include "probes/dialect/greeting.hpp"
#include "probes/dialect/steps.hpp"
#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

constexpr std::size_t answer_max = std::size_t{1024} * 1024;  // limit on collected bytes
constexpr Span far = std::chrono::hours(24);                  // the deadline of the run is earlier

struct Question {
  Challenge challenge;
  std::string prompt;
};

// What is heard of a turn.
struct Heard {
  Heard(const EventRules& rules, Instant sent, text::Names& names)
      : expectation(rules, sent, names) {}
  Expectation expectation;
  std::optional<std::string> answer;
};

// The prompt, and when it was about to be sent.
struct Talk {
  const ChatExchange& turn;
  const Question& question;
  OwnRuns* own_runs;
  Instant asked{};
  Greeting greeting = {};
};

// What was received after the prompt.
struct Received {
  Received(const EventRules& rules, Instant sent, text::Names& names)
      : all(rules, sent, names), tied(rules, sent, names) {}

  End how = End::settled;
  std::optional<Failure> failure;   // of a frame or of the session, regardless of the events
  std::optional<Failure> doubtful;  // of another run, unless ours is answered

  Heard all;   // with all events
  Heard tied;  // without those that the server began by itself
  UntiedTurn untied = {};
  bool ended_untied = false;                // an event without an id of ours has ended the turn
  bool sorts_out = false;                   // what came without ids was not all ours
  bool has_begun = false;                   // if so: an event with an id has begun our turn
  std::optional<Instant> waits_until = {};  // for an answer with ids

  Heard& current() { return sorts_out ? tied : all; }
  const Heard& current() const { return sorts_out ? tied : all; }
  // What counts in the end: if no turn with ids has begun or ended after all, everything.
  Heard& in_the_end() {
    return sorts_out && (has_begun || tied.expectation.has_ended()) ? tied : all;
  }
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
             std::optional<std::string>& answer) {
  const auto& of = turn.dialect->answer.of;
  if (!event || std::ranges::count(of, event->id) == 0) return;
  const auto text = answer_in(*turn.dialect, frame.body());
  if (!text) return;
  if (!answer)
    answer = "";
  else
    *answer += turn.dialect->answer.join;
  if (answer->size() + text->size() <= answer_max) *answer += *text;
}

// Each of several terminal events may contain the answer: the last non-empty one counts.
void collect_end(const ChatExchange& turn, const EventSpec* event, bool over, const Frame& frame,
                 std::optional<std::string>& answer) {
  const auto& all = turn.rules->terminal_all_of;
  const bool ends = all.empty() ? over : event && std::ranges::count(all, event->id) > 0;
  if (!ends) return;
  auto text = answer_in(*turn.dialect, frame.body());
  if (text && (!answer || !text->empty())) answer = std::move(text);
}

bool is_greeting(const Incoming& incoming, bool early, Talk& talk, const Expectation& expectation,
                 text::Names& names) {
  const Greeting::Moment moment{.asked = !early,
                                .answered = expectation.first_event().has_value(),
                                .event = expectation.spec_of(incoming)};
  return talk.greeting.has(foreign_ids(*talk.turn.dialect, incoming.body, names), incoming.body,
                           moment);
}

// Hears a message of a turn. Returns why it is wrong, or an empty text.
std::string take_in(Heard& heard, const ChatExchange& turn, const Incoming& incoming,
                    const Frame& frame) {
  const bool before = heard.expectation.terminal_seen();
  std::string wrong = heard.expectation.see(incoming);
  if (before) return wrong;
  const EventSpec* event = heard.expectation.event_of(incoming);
  if (!turn.dialect->answer.of.empty())
    collect(turn, event, frame, heard.answer);
  else
    collect_end(turn, event, heard.expectation.terminal_seen(), frame, heard.answer);
  return wrong;
}

// How long a message with an id of ours is awaited at least.
Span patience(const EventRules& rules) {
  constexpr Span usual = std::chrono::seconds(5);
  return std::max(rules.settle, rules.gap_max > Span{} ? rules.gap_max : usual);
}

// Whether a turn that ended without ids may be one that the server began by itself, such as a
// greeting, while the answer to us is still being made. It is the answer if it solves the
// challenge, and, unless the product's answers are known to have ids, if it has all events or is a
// good answer.
bool is_doubtful(const Talk& talk, const Heard& heard, text::Names& names) {
  const ChatExchange& turn = talk.turn;
  if (!knows_own_ids(*turn.dialect, names)) return false;
  const bool good = !judge_answer(heard.answer, talk.question.prompt, turn.answer,
                                  talk.question.challenge, names);
  if (talk.own_runs != nullptr && talk.own_runs->answers_have_ids())
    return !good || turn.challenge == ChallengeKind::none;
  return !good && heard.expectation.is_incomplete();
}

// Whether a message counts as one of our turn, and what that shows about those before it.
bool is_of_our_turn(const EventSpec* event, bool tied, Received& received) {
  const bool of_server = !tied && received.untied.goes_on();
  if (event != nullptr && received.untied.hear(*event, tied, received.ended_untied)) {
    received.sorts_out = true;
    received.has_begun |= event->after.empty() && event->min > 0;
  }
  return tied || (received.sorts_out && !of_server);
}

// Hears a message that is not foreign. Returns why it is wrong, or an empty text.
std::string hear_own(const Incoming& incoming, const Frame& frame, const Talk& talk,
                     Received& received, text::Names& names) {
  const ChatExchange& turn = talk.turn;
  const bool tied = incoming.owner == Owner::own && has_own_id(*turn.dialect, incoming.body, names);
  const Expectation& all = received.all.expectation;
  const bool was_over = all.terminal_seen();
  // Behind the usual end of a turn without ids, only those with ids are awaited.
  const bool is_late = was_over && !tied && received.waits_until && !received.sorts_out &&
                       incoming.at >= *all.next_limit();
  if (is_late) return "without an id of ours, behind the end";
  const bool is_ours = is_of_our_turn(all.event_of(incoming), tied, received);
  std::string wrong = take_in(received.all, turn, incoming, frame);
  std::string of_ours = is_ours ? take_in(received.tied, turn, incoming, frame) : std::string();
  received.ended_untied |= all.terminal_seen() && !was_over && !tied;
  const bool answered = received.tied.expectation.has_ended();
  if (tied && answered && talk.own_runs != nullptr) talk.own_runs->answered_with_ids();
  if (received.sorts_out && (answered || received.has_begun))
    received.waits_until.reset();
  else if (received.sorts_out
               ? tied
               : received.ended_untied && !was_over && is_doubtful(talk, received.all, names))
    received.waits_until = incoming.at + patience(*turn.rules);
  if (!received.sorts_out) return wrong;
  return is_ours ? of_ours : "without an id of ours; the server began this turn by itself";
}

void hear(const Frame& frame, Instant at, Talk& talk, Received& received, text::Names& names,
          Trace& trace) {
  const ChatExchange& turn = talk.turn;
  const Incoming incoming{.type = frame.type,
                          .event_id = frame.event_id,
                          .body = frame.body(),
                          .owner = owner_of(*turn.dialect, frame.body(), names, talk.own_runs),
                          .at = at};
  // A message from before the prompt, such as a greeting, is not an answer.
  const bool early = at < talk.asked;
  if (early && incoming.owner != Owner::foreign) return;
  if (incoming.owner != Owner::foreign) {
    const std::string wrong = hear_own(incoming, frame, talk, received, names);
    if (!wrong.empty()) trace.remark(wrong);
    return;
  }
  if (is_greeting(incoming, early, talk, received.current().expectation, names)) {
    if (talk.greeting.is_doubtful() && !received.doubtful)
      received.doubtful =
          Failure{Reason::foreign_event,
                  text::shorten(frame.type, 60) + " of another run came, and none of ours"};
    trace.remark("taken for the server's greeting, for it names no other session or user");
    return;
  }
  received.tied.expectation.see(incoming);
  const std::string wrong = received.all.expectation.see(incoming);
  if (!wrong.empty()) trace.remark(wrong);
}

// A ready message that was not expected, or a second one, is not an event.
bool is_ready(const Dialect& dialect, const Frame& frame, text::Names& names) {
  return !dialect.ready.type.empty() && matches(dialect.ready, frame.type, frame.body(), names);
}

// When the conversation ends if nothing arrives; nullopt: with the deadline.
std::optional<Instant> limit_of(const Received& received) {
  return received.waits_until ? received.waits_until : received.current().expectation.next_limit();
}

bool is_passed(Received& received, Instant now) {
  if (received.waits_until) return now >= *received.waits_until;
  return received.current().expectation.passed(now);
}

// Whether the conversation is over because nothing more will come.
bool is_over(Arrival::How how, const net::Websocket& session, Received& received) {
  if (how == Arrival::How::frame) return false;
  if (how == Arrival::How::silence) return is_passed(received, Clock::now());
  if (how == Arrival::How::ended) received.failure = session.fault();
  received.how = how == Arrival::How::ended ? End::closed : End::deadline;
  return true;
}

// Processes what has arrived. Returns whether the conversation is over.
bool hear_all(Listener& listener, Talk& talk, Received& received) {
  text::Names& names = listener.names();
  while (auto arrival = listener.take(Step::events)) {
    if (arrival->how == Arrival::How::failed) {
      received.failure = std::move(arrival->failure);
      return true;
    }
    if (is_ready(*talk.turn.dialect, *arrival->frame, names)) continue;
    hear(*arrival->frame, arrival->at, talk, received, names, listener.trace());
    if (is_passed(received, arrival->at)) return true;
  }
  return false;
}

asio::awaitable<void> listen(Listener& listener, Talk& talk, Received& received) {
  // A waiting message counts with its own time, so a slow loop of ours is not a stall.
  bool over = hear_all(listener, talk, received);
  while (!over) {
    const auto how = co_await listener.wait(limit_of(received).value_or(Clock::now() + far));
    over = is_over(how, listener.session(), received) || hear_all(listener, talk, received);
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
  // Only failures that say no more: what came in place of our answer was meant for somebody else.
  const bool unanswered = !trace.first_event && failed && !outranks(*failed);
  if (unanswered && received.doubtful) failed = received.doubtful;
  return failed;
}

// From the last message before the prompt, for which the session waited: the ready message. Others
// may be about anybody.
void learn_session(const Dialect& dialect, const Trace& trace, SessionIds& ids) {
  const auto& notes = trace.frames();
  const auto last = std::ranges::find_if(notes.rbegin(), notes.rend(), [](const FrameNote& note) {
    return note.direction == Direction::in && note.kind == "text";
  });
  if (last == notes.rend()) return;
  if (const auto frame = decode(dialect, last->text)) ids.learn(frame->body());
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
                                   Received& received, Listener& listener) {
  Trace& trace = listener.trace();
  Heard& heard = received.in_the_end();
  auto failed = judge(heard.expectation, received, listener.session(), trace);
  trace.close(Phase::events);
  trace.delivered = !failed;
  if (failed) return failure_at(Step::events, *std::move(failed), trace);
  trace.at(Step::answer);
  failed = judge_answer(heard.answer, question.prompt, turn.answer, question.challenge,
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
  Talk talk{.turn = turn, .question = *question, .own_runs = own_runs};
  learn_session(*turn.dialect, trace, talk.greeting.session);
  auto unasked = co_await put(listener, talk);
  if (unasked) co_return failure_at(Step::events, *std::move(unasked), trace);
  // An answer may come on the socket before that of the request.
  trace.sent = turn.dialect->request ? talk.asked : Clock::now();
  Received received(*turn.rules, *trace.sent, names);
  co_await listen(listener, talk, received);
  co_return conclude(turn, *question, received, listener);
}

}  // namespace sonde::dialect
