#include "probes/health/health.hpp"

namespace sonde::health {

const config::Section<BodyRules>& section_of(const BodyRules*) {
  static const auto keys =
      config::Section<BodyRules>()
          .key("matches", &BodyRules::matches, "Patterns (RE2) that are all found in it.")
          .key("not_matches", &BodyRules::not_matches, "Patterns of which none is found in it.")
          .key("min_size", &BodyRules::min_size, "Its least size.")
          .key("max_size", &BodyRules::max_size, "Its greatest size.");
  return keys;
}

const config::Section<Expected>& section_of(const Expected*) {
  static const auto keys =
      config::Section<Expected>()
          .key("status", &Expected::status, "The status, or a list of them.", {.min = 1})
          .key("content_type", &Expected::content_type, "The Content-Type, without its parameters.")
          .key("headers", &Expected::headers, "Patterns by the name of the header.")
          .key("json", &Expected::json, "What stands where in the JSON body.")
          .key("body", &Expected::body, "What the body must say as a text, and its size.")
          .key("cors", &Expected::cors,
               "What a page of another origin needs: a preflight is sent first, and judged.")
          .key("max_latency", &Expected::max_latency,
               "The most that the whole run may take although it succeeds.",
               {.min = 0.0001, .max = 3600});
  return keys;
}

const config::Section<HealthSettings>& section_of(const HealthSettings*) {
  using S = HealthSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, config::section<ProbeHeader>())
          .also(&S::common, config::section<Common>())
          .key("url", &S::url, "The address that is asked.", {.required = true, .filled = true})
          .key("method", &S::method, "The HTTP method.",
               {.one_of = {"GET", "HEAD", "POST", "PUT", "OPTIONS"}})
          .key("headers", &S::headers, "Headers of the request.")
          .key("body", &S::body, "The body of the request.")
          .key("redirects", &S::redirects, "Whether redirects are followed.")
          .key("expect", &S::expect, "What the answer must be.")
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

void add_needs(const HealthSettings& settings, text::Needs& needs) {
  needs.add_url(settings.url);
  needs.add_values(settings.headers);
  needs.add(settings.body);
  needs.add(settings.expect.json);
}

}  // namespace sonde::health
