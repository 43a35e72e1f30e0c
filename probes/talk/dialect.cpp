#include "probes/talk/dialect.hpp"

#include "probes/reason.hpp"

namespace sonde::talk {

const config::Section<FrameMatch>& section_of(const FrameMatch*) {
  static const auto keys =
      config::Section<FrameMatch>()
          .key("type", &FrameMatch::type, "The frame is of one of these types.")
          .key("json", &FrameMatch::json, "And has this in these places.");
  return keys;
}

namespace {

std::vector<std::string_view> reason_names() {
  std::vector<std::string_view> all;
  for (const auto& row : reasons()) all.push_back(row.name);
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

const config::Section<Dialect>& section_of(const Dialect*) {
  static const auto keys =
      config::Section<Dialect>()
          .key("type", &Dialect::type, "Where the type of a frame stands; the first filled place.")
          .key("event_id", &Dialect::event_id,
               "Where the server's id of an event stands; the same id twice is a duplicate.")
          .key("rules", &Dialect::rules,
               "Frames that are no events: heartbeats, handshakes, errors.")
          .key("ready", &Dialect::ready, "The message that says that the session is ready.")
          .key("send", &Dialect::send, "The frame that asks; {{prompt}} is the prompt.")
          .key("correlate", &Dialect::correlate,
               "Places that say whose a frame is, and what stands there in ours.")
          .key("only_run", &Dialect::only_run,
               "A frame without any of these ids is ours: no other run uses the connection.")
          .also(&Dialect::rules_of_events, section_of(static_cast<const EventRules*>(nullptr)))
          .key("answer", &Dialect::answer,
               "Where the answer stands in the terminal event; the first filled place.")
          .key("vars", &Dialect::vars, "Texts made once a run: {{vars.thread_id}}.");
  return keys;
}

}  // namespace sonde::talk

namespace sonde::config {

bool Codec<talk::Dialect>::read(const Value& v, const Reader& r, const Rule&, talk::Dialect& out) {
  const bool good = section_of(static_cast<const talk::Dialect*>(nullptr)).read(v, r, out);
  return talk::check(out.rules_of_events, r, v.place) && good;
}

Value Codec<talk::Dialect>::schema(const Rule&) {
  return section_of(static_cast<const talk::Dialect*>(nullptr)).schema();
}

}  // namespace sonde::config
