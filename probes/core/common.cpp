#include "probes/core/common.hpp"

namespace sonde {

const config::Section<Retry>& section_of(const Retry*) {
  static const auto keys = config::Section<Retry>().key(
      "max", &Retry::max,
      "Further attempts after a failure that can heal; each is a run of its own, and the rates "
      "count the first alone.",
      {.min = 0, .max = 5});
  return keys;
}

const config::Section<Diagnose>& section_of(const Diagnose*) {
  static const auto keys =
      config::Section<Diagnose>()
          .key("off", &Diagnose::off, "No control experiment is made.")
          .key("timeout", &Diagnose::timeout,
               "How long the experiments may take after a run; no part of its duration.",
               {.min = 0.01, .max = 120})
          .key("max_per_hour", &Diagnose::max_per_hour,
               "How many failures are looked into in an hour.", {.min = 1, .max = 60});
  return keys;
}

const config::Section<Common>& section_of(const Common*) {
  static const auto keys =
      config::Section<Common>()
          .key("every", &Common::every, "Time from one run to the next, on a grid.",
               {.min = 0.01, .max = 86400})
          .key("timeout", &Common::timeout,
               "The one deadline of a run, from its first lookup to the closing handshake.",
               {.min = 0.001, .max = 3600})
          .key("login", &Common::login, "Which of the logins is used.")
          .key("as", &Common::as, "Which of the identities logs in.")
          .key("retry", &Common::retry, "Whether a failed run is tried again.")
          .key("diagnose", &Common::diagnose,
               "Control experiments when a run fails after it passed: off, or their bounds.")
          .key("in_flight", &Common::in_flight,
               "Runs of this probe at once; a beat beyond it is skipped.",
               {.min = 1, .max = 100000})
          .key("negative_auth_min_interval", &Common::negative_auth_min_interval,
               "Least time between two rounds of refusal checks of a target, whichever probe makes "
               "them.",
               {.min = 0.01, .max = 86400})
          .removable();
  return keys;
}

const config::Section<ProbeHeader>& section_of(const ProbeHeader*) {
  static const auto keys =
      config::Section<ProbeHeader>()
          .key("kind", &ProbeHeader::kind, "What the probe asks.", {.required = true})
          .key("target", &ProbeHeader::target,
               "Which target it asks; a list makes one probe of each.",
               {.required = true, .filled = true});
  return keys;
}

}  // namespace sonde

namespace sonde::config {

bool Codec<Diagnose>::read(const Value& value, const Reader& reader, const Rule&, Diagnose& out) {
  if (value.kind == Value::Kind::scalar) {
    if (!read_name(value, reader, {"off"})) return false;
    out.off = true;
    return true;
  }
  return section<Diagnose>().read(value, reader, out);
}

Value Codec<Diagnose>::schema(const Rule&) {
  return schema_any_of({schema_names({"off"}), section<Diagnose>().schema()});
}

}  // namespace sonde::config
