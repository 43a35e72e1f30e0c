#include "probes/common.hpp"

namespace sonde {

const config::Section<Retry>& section_of(const Retry*) {
  static const auto keys = config::Section<Retry>().key(
      "max", &Retry::max,
      "Further attempts after a failure that can heal; each is a run of its own, and the rates "
      "count the first alone.",
      {.min = 0, .max = 5});
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
          .key("in_flight", &Common::in_flight,
               "Runs of this probe at once; a beat beyond it is skipped.",
               {.min = 1, .max = 100000})
          .key("negative_auth_min_interval", &Common::negative_auth_min_interval,
               "Least time between two rounds of refusal checks.", {.min = 0.01, .max = 86400});
  return keys;
}

const config::Section<Heading>& section_of(const Heading*) {
  static const auto keys =
      config::Section<Heading>()
          .key("kind", &Heading::kind, "What the probe asks.", {.required = true})
          .key("target", &Heading::target, "Which target it asks; a list makes one probe of each.",
               {.required = true, .filled = true});
  return keys;
}

}  // namespace sonde
