#include "probes/dialect/dialect.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "probes/core/outcome.hpp"

namespace sonde::dialect {

const config::Section<FrameMatch>& section_of(const FrameMatch*) {
  static const auto keys =
      config::Section<FrameMatch>()
          .key("type", &FrameMatch::type, "The frame is of one of these types.")
          .key("json", &FrameMatch::json, "And has this in these places.");
  return keys;
}

namespace {

// What a frame can mean: the reasons of the steps in which frames are heard.
std::vector<std::string_view> reason_names() {
  std::vector<std::string_view> all;
  for (const Step step : {Step::ready, Step::events})
    for (const Reason reason : reasons_at(step))
      if (std::ranges::count(all, name(reason)) == 0) all.push_back(name(reason));
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
          .key("correlate", &Dialect::correlate,
               "Places that say whose a frame is, and what stands there in ours.")
          .key("only_run", &Dialect::only_run,
               "A frame without any of these ids is ours: no other run uses the connection.")
          .also(&Dialect::rules_of_events, config::section<EventRules>())
          .key("answer", &Dialect::answer,
               "Where the answer stands: places of the terminal event, or of events in full.")
          .key("vars", &Dialect::vars, "Texts made once a session: {{vars.thread_id}}.",
               {.filled = true});
  return keys;
}

}  // namespace sonde::dialect

namespace sonde::config {

bool Codec<dialect::Dialect>::read(const Value& v, const Reader& r, const Rule&,
                                   dialect::Dialect& out) {
  auto rules = std::exchange(out.rules, {});
  const bool good = config::section<dialect::Dialect>().read(v, r, out);
  std::ranges::move(rules, std::back_inserter(out.rules));
  return dialect::complete(out, r, v.place) && good;
}

Value Codec<dialect::Dialect>::schema(const Rule&) {
  return config::section<dialect::Dialect>().schema();
}

bool Codec<dialect::AnswerPlaces>::read(const Value& v, const Reader& r, const Rule&,
                                        dialect::AnswerPlaces& out) {
  out = {};
  if (v.kind == Value::Kind::map) return config::section<dialect::AnswerPlaces>().read(v, r, out);
  return Codec<std::vector<text::Pointer>>::read(v, r, {}, out.at);
}

Value Codec<dialect::AnswerPlaces>::schema(const Rule&) {
  return schema_any_of({Codec<std::vector<text::Pointer>>::schema({}),
                        config::section<dialect::AnswerPlaces>().schema()});
}

}  // namespace sonde::config
