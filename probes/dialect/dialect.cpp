#include "probes/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "probes/core/reason.hpp"

namespace sonde::dialect {

const config::Section<FrameMatch>& section_of(const FrameMatch*) {
  static const auto keys =
      config::Section<FrameMatch>()
          .key("type", &FrameMatch::type, "The frame is of one of these types.")
          .key("json", &FrameMatch::json, "And has this in these places.");
  return keys;
}

namespace {

// The reasons that a frame can have: those of the steps in which frames are received.
std::vector<std::string_view> reason_names() {
  std::vector<std::string_view> all;
  for (const ReasonRow& row : reasons())
    if (row.steps.contains(Step::ready) || row.steps.contains(Step::events))
      all.push_back(row.name);
  return all;
}

}  // namespace

const config::Section<SessionRule>& section_of(const SessionRule*) {
  static const auto keys =
      config::Section<SessionRule>()
          .key("when", &SessionRule::when, "The frames that the rule is for.", {.required = true})
          .key("reply", &SessionRule::reply,
               "What is sent back; {{frame/thread_id}} is the text at /thread_id of the frame.")
          .key("ignore", &SessionRule::ignore, "The frame means nothing.")
          .key("fail", &SessionRule::fail, "The frame fails the run, for this reason.",
               {.one_of = reason_names()})
          .key("detail", &SessionRule::detail, "Where a failure says why; the first filled place.")
          .key("capture", &SessionRule::capture,
               "Variables that take their value from places of the frame.");
  return keys;
}

const config::Section<TimedSend>& section_of(const TimedSend*) {
  static const auto keys =
      config::Section<TimedSend>()
          .key("every", &TimedSend::every, "How long apart, from the start of the session.",
               {.min = 0.01, .max = 3600})
          .key("send", &TimedSend::send, "What is sent.", {.required = true});
  return keys;
}

const config::Section<Acknowledgement>& section_of(const Acknowledgement*) {
  static const auto keys = config::Section<Acknowledgement>()
                               .also(&Acknowledgement::frame, config::section<FrameMatch>())
                               .key("within", &Acknowledgement::within,
                                    "How long it is waited for.", {.min = 0.001, .max = 3600})
                               .key("capture", &Acknowledgement::capture,
                                    "Variables that take their value from places of the frame.");
  return keys;
}

const config::Section<ScriptStep>& section_of(const ScriptStep*) {
  static const auto keys =
      config::Section<ScriptStep>()
          .key("send", &ScriptStep::send,
               "What is sent: a text as it stands, a mapping or a list as JSON.")
          .key("request", &ScriptStep::request, "An HTTP request that is made then.")
          .key("expect", &ScriptStep::expect, "The frame that is waited for then.");
  return keys;
}

const config::Section<AnswerPlaces>& section_of(const AnswerPlaces*) {
  static const auto keys =
      config::Section<AnswerPlaces>()
          .key("at", &AnswerPlaces::at, "Where it stands in an event; the first filled place.",
               {.required = true})
          .key("of", &AnswerPlaces::of,
               "Events whose texts together are the answer; without, the terminal one has it.")
          .key("join", &AnswerPlaces::join, "What stands between these texts.");
  return keys;
}

const config::Section<Dialect>& section_of(const Dialect*) {
  static const auto keys =
      config::Section<Dialect>()
          .key("frame", &Dialect::framing, "How messages are cut into frames and decoded.")
          .key("subprotocols", &Dialect::subprotocols,
               "What a socket offers that names no subprotocols; a single one must be selected.")
          .key("refusal_codes", &Dialect::refusal_codes,
               "Close codes by which the server refuses a token, beside 1008, 3000, 4001, 4003, "
               "4401 and 4403.",
               {.max = 100})
          .key("type", &Dialect::type, "Where the type of a frame stands; the first filled place.")
          .key("event_id", &Dialect::event_id,
               "Where the server's id of an event stands; the same id twice is a duplicate.")
          .key("rules", &Dialect::rules,
               "Frames that are no events: heartbeats, handshakes, errors. Those of a dialect come "
               "before those of the one that it extends.")
          .key("timed", &Dialect::timed, "What is sent again and again: heartbeats.")
          .key("steps", &Dialect::steps,
               "What is sent and waited for between the upgrade and the ready message.")
          .key("ready", &Dialect::ready, "The message that says that the session is ready.")
          .key("before_send", &Dialect::before_send,
               "What is sent and waited for before the frame that asks; {{prompt}} is the prompt.")
          .key("send", &Dialect::send, "The frame that asks; {{prompt}} is the prompt.")
          .key("request", &Dialect::request,
               "An HTTP request that asks instead of `send`; the answer comes on the socket.")
          .key("correlate", &Dialect::correlate,
               "Places that say whose a frame is, and what stands there in ours.")
          .key("only_run", &Dialect::only_run,
               "A frame without any of these ids is ours: no other run uses the connection.")
          .also(&Dialect::rules_of_events, config::section<EventRules>())
          .key("answer", &Dialect::answer,
               "Where the answer stands: places of the terminal event, or of events in full.")
          .key("vars", &Dialect::vars, "Texts made once a session: {{vars.thread_id}}.",
               {.filled = true})
          .removable();
  return keys;
}

}  // namespace sonde::dialect

namespace sonde::config {

bool Codec<dialect::Dialect>::read(const Value& v, const Reader& r, const Rule&,
                                   dialect::Dialect& out) {
  auto rules = std::exchange(out.rules, {});
  const bool good = section<dialect::Dialect>().read(v, r, out);
  std::ranges::move(rules, std::back_inserter(out.rules));
  return dialect::complete(out, r, v.place) && good;
}

Value Codec<dialect::Dialect>::schema(const Rule&) { return section<dialect::Dialect>().schema(); }

bool Codec<dialect::AnswerPlaces>::read(const Value& v, const Reader& r, const Rule&,
                                        dialect::AnswerPlaces& out) {
  out = {};
  if (v.kind == Value::Kind::map) return section<dialect::AnswerPlaces>().read(v, r, out);
  return Codec<std::vector<text::Pointer>>::read(v, r, {}, out.at);
}

Value Codec<dialect::AnswerPlaces>::schema(const Rule&) {
  return schema_any_of(
      {Codec<std::vector<text::Pointer>>::schema({}), section<dialect::AnswerPlaces>().schema()});
}

}  // namespace sonde::config

namespace sonde::dialect {
namespace {

constexpr std::string_view of_vars = "vars.";
constexpr std::string_view of_frame = "frame/";

bool is_var(std::string_view name) { return name.starts_with(of_vars); }

// The variables that are captured from frames.
std::vector<std::string_view> captured(const Dialect& dialect) {
  std::vector<std::string_view> all;
  const auto add = [&all](const Captures& captures) {
    for (const auto& [name, place] : captures) all.push_back(name);
  };
  for (const auto& rule : dialect.rules) add(rule.capture);
  for (const auto* steps : {&dialect.steps, &dialect.before_send})
    for (const auto& step : *steps) {
      if (step.request) add(step.request->capture);
      if (step.expect) add(step.expect->capture);
    }
  if (dialect.request) add(dialect.request->capture);
  return all;
}

void add_steps(const std::vector<ScriptStep>& steps, text::Needs& needs) {
  for (const auto& step : steps) {
    needs.add(step.send);
    if (step.request) add_needs(*step.request, needs);
    if (step.expect) needs.add(step.expect->frame.json);
  }
}

// What any session needs, and what replies to frames need.
text::Needs needs_of_session(const Dialect& dialect) {
  text::Needs needs;
  for (const auto& offered : dialect.subprotocols) needs.add(offered);
  needs.add_values(dialect.correlate);
  needs.add(dialect.ready.json);
  for (const auto& rule : dialect.rules) needs.add(rule.when.json);
  for (const auto& timed : dialect.timed) needs.add(timed.send);
  add_steps(dialect.steps, needs);
  for (const auto& spec : dialect.rules_of_events.events) needs.add(spec.json);
  return needs;
}

text::Needs needs_of_replies(const Dialect& dialect) {
  text::Needs needs;
  for (const auto& rule : dialect.rules) needs.add(rule.reply);
  return needs;
}

text::Needs needs_of_turn(const Dialect& dialect) {
  text::Needs needs;
  add_steps(dialect.before_send, needs);
  needs.add(dialect.send);
  if (dialect.request) add_needs(*dialect.request, needs);
  return needs;
}

// Sorts needed names into variables, which have to exist, and names from elsewhere.
class NeedsCheck {
 public:
  NeedsCheck(Dialect& dialect, const config::Reader& reader) : dialect_(dialect), reader_(reader) {
    for (const auto& [name, made] : dialect.vars) known_.push_back(name);
    for (const auto& name : captured(dialect)) known_.push_back(name);
  }

  // `own` are names that are available in this place.
  bool take(const text::Needs& needs, const std::vector<std::string_view>& own) {
    bool good = true;
    for (const auto& need : needs.all) {
      if (is_var(need.name)) {
        used_.push_back(need.name);
        good &= is_known(need);
      } else if (std::ranges::none_of(own,
                                      [&](auto name) { return need.name.starts_with(name); })) {
        dialect_.needs.all.push_back(need);
      }
    }
    for (const text::Template& url : needs.urls) dialect_.needs.urls.push_back(url);
    for (const auto& header : needs.headers) dialect_.needs.headers.push_back(header);
    return good;
  }

  // Takes the variables that are used; the others are not made.
  bool take_vars() {
    bool good = true;
    for (auto var = dialect_.made.end(); var != dialect_.made.begin();) {
      --var;
      text::Needs needs;
      needs.add(dialect_.vars.at(var->name));
      const bool used = std::ranges::count(used_, std::string(of_vars) + var->name) > 0;
      if (used) good &= take(needs, {"prompt", "challenge"});
      if (!used) var = dialect_.made.erase(var);
    }
    return good;
  }

  bool is_known(const text::Needs::One& need) const {
    const auto name = std::string_view(need.name).substr(of_vars.size());
    if (std::ranges::count(known_, name) > 0) return true;
    reader_.wrong(need.place, config::no_such("variable", name, known_));
    return false;
  }

 private:
  Dialect& dialect_;
  const config::Reader& reader_;
  std::vector<std::string_view> known_;
  std::vector<std::string> used_;
};

bool of_turn(std::string_view name) { return name == "prompt" || name == "challenge"; }

const Dialect::Made* made(const Dialect& dialect, std::string_view variable) {
  const auto found = std::ranges::find(dialect.made, variable, &Dialect::Made::name);
  return found == dialect.made.end() ? nullptr : &*found;
}

// Whether a name is known only during a conversation.
bool comes_late(const Dialect& dialect, std::string_view name) {
  if (!is_var(name)) return of_turn(name);
  const auto* var = made(dialect, name.substr(of_vars.size()));
  return var != nullptr && var->of_turn;
}

// Whether every variable that is needed was made before.
bool can_be_made(const Dialect& dialect, const std::vector<std::string>& needs) {
  return std::ranges::all_of(needs, [&](const std::string& need) {
    return !is_var(need) || made(dialect, std::string_view(need).substr(of_vars.size())) != nullptr;
  });
}

bool put_in_order(Dialect& dialect, const config::Reader& reader) {
  dialect.made.clear();
  for (bool more = true; more;) {
    more = false;
    for (const auto& [name, text] : dialect.vars) {
      auto needs = text.names();
      if (made(dialect, name) != nullptr || !can_be_made(dialect, needs)) continue;
      const bool late = std::ranges::any_of(
          needs, [&](const std::string& need) { return comes_late(dialect, need); });
      dialect.made.push_back({.name = name, .needs = std::move(needs), .of_turn = late});
      more = true;
    }
  }
  const auto of_frames = captured(dialect);
  for (const auto& [name, text] : dialect.vars) {
    if (made(dialect, name) != nullptr) continue;
    const auto needs = text.names();
    const auto late = std::ranges::find_if(needs, [&](const std::string& need) {
      return is_var(need) && !dialect.vars.contains(need.substr(of_vars.size())) &&
             std::ranges::count(of_frames, std::string_view(need).substr(of_vars.size())) > 0;
    });
    reader.at("vars").at(name).wrong(
        text.place(), late != needs.end()
                          ? "it needs {{" + *late +
                                "}}, which a frame of the session supplies, and variables are made "
                                "before; say it where it is sent"
                          : "it needs itself, directly or through another variable");
  }
  return dialect.made.size() == dialect.vars.size();
}

bool answer_known(const Dialect& dialect, const config::Reader& reader,
                  const config::Place& place) {
  const auto& events = dialect.rules_of_events.events;
  std::vector<std::string_view> known;
  known.reserve(events.size());
  for (const auto& spec : events) known.push_back(spec.id);
  bool good = true;
  for (const auto& id : dialect.answer.of) {
    if (std::ranges::count(known, id) > 0) continue;
    reader.at("answer").at("of").wrong(place, config::no_such("event", id, known));
    good = false;
  }
  return good;
}

// Subprotocols are offered before the session has variables.
bool offers_no_vars(const Dialect& dialect, const config::Reader& reader) {
  bool good = true;
  for (const auto& offered : dialect.subprotocols) {
    if (std::ranges::none_of(offered.names(), is_var)) continue;
    reader.at("subprotocols").wrong(offered.place(), "a variable is not known here yet");
    good = false;
  }
  return good;
}

// RFC 6455 section 7.4.
bool codes_exist(const Dialect& dialect, const config::Place& place, const config::Reader& reader) {
  const auto wrong = [](int code) { return code < 1000 || code > 4999; };
  if (std::ranges::none_of(dialect.refusal_codes, wrong)) return true;
  reader.at("refusal_codes").wrong(place, "Close codes are from 1000 to 4999");
  return false;
}

// Templates that are used from the start of the session cannot use the prompt.
bool in_time(const Dialect& dialect, const text::Needs& needs, const config::Reader& reader) {
  bool good = true;
  for (const auto& need : needs.all) {
    if (!comes_late(dialect, need.name)) continue;
    reader.wrong(need.place, fmt::format("{{{{{}}}}} is not known here: only what is sent in a "
                                         "conversation can say the prompt",
                                         need.name));
    good = false;
  }
  return good;
}

}  // namespace

bool needs_token(const Dialect& dialect) {
  return std::ranges::count(dialect.needs.all, "token", &text::Needs::One::name) > 0;
}

bool supplies(const Dialect& dialect, std::string_view name) {
  if (!is_var(name)) return false;
  name.remove_prefix(of_vars.size());
  return dialect.vars.contains(std::string(name)) ||
         std::ranges::count(captured(dialect), name) > 0;
}

bool complete(Dialect& dialect, const config::Reader& reader, const config::Place& place) {
  bool good = check(dialect.rules_of_events, reader, place);
  good &= answer_known(dialect, reader, place);
  dialect.needs = {};
  NeedsCheck needs(dialect, reader);
  good &= needs.take(needs_of_session(dialect), {"prompt", "challenge"});
  good &= needs.take(needs_of_replies(dialect), {of_frame, "prompt", "challenge"});
  good &= needs.take(needs_of_turn(dialect), {"prompt", "challenge"});
  good &= put_in_order(dialect, reader);
  good &= offers_no_vars(dialect, reader);
  good &= codes_exist(dialect, place, reader);
  good &= in_time(dialect, needs_of_session(dialect), reader);
  good &= in_time(dialect, needs_of_replies(dialect), reader);
  return needs.take_vars() && good;
}

}  // namespace sonde::dialect
