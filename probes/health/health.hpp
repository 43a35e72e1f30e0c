#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/percent.hpp"
#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/health/cors.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/session/kind_hooks.hpp"
#include "probes/text/match.hpp"

namespace sonde::health {

// Requirements on a body as text.
struct BodyRules {
  std::vector<text::Pattern> matches, not_matches;
  std::optional<std::size_t> min_size, max_size;
};
const config::Section<BodyRules>& section_of(const BodyRules*);

// An HTTP status, 100 to 599.
struct Status {
  int code = 200;
};

// `expect:` of a health probe: the run fails unless all of it is met.
struct Expected {
  std::vector<Status> status = {Status{}};
  std::string content_type;  // without parameters; empty: any
  std::map<std::string, text::Pattern> headers;
  text::Comparisons json;
  BodyRules body;
  std::optional<Cors> cors;         // a preflight is sent first
  std::optional<Span> max_latency;  // from the first lookup to the last byte
};
const config::Section<Expected>& section_of(const Expected*);

struct HealthSettings {
  ProbeHeader heading;
  Common common;
  text::Template url;
  std::string method = "GET";
  std::map<std::string, text::Template> headers;
  text::Template body;
  net::Redirects redirects;
  net::ConnectionOptions line;
  Expected expect;
  config::Percent reuse{.share = 0.8};  // of a token's lifetime
  bool logs_in = false;                 // a template uses what a login gives
};
const config::Section<HealthSettings>& section_of(const HealthSettings*);

// A probe that requests one HTTP endpoint and checks the answer. If its templates use {{token}},
// {{cookies}}, {{refresh_token}} or {{login.NAME}}, it logs in first (step login, an auth sample),
// or uses the token of an earlier login; a token that the endpoint answers with 401 or 403 is not
// used again. The answer of such a request is not fetched from an origin that is not the target's
// own.
const session::KindHooks<HealthSettings>& hooks_of(const HealthSettings*);

// Why an answer is not the expected one; empty if it is. Pure.
std::optional<Failure> judge_health(const Expected& expected, const net::Response& response,
                                    Span took, text::Names& names);

}  // namespace sonde::health

namespace sonde::config {
template <>
struct Codec<health::Status> {
  static constexpr Rule bounds{.min = 100, .max = 599};
  static bool read(const Value& v, const Reader& r, const Rule&, health::Status& out) {
    return Codec<int>::read(v, r, bounds, out.code);
  }
  static Value schema(const Rule&) { return Codec<int>::schema(bounds); }
  static std::string show(const health::Status& status) { return Codec<int>::show(status.code); }
};
}  // namespace sonde::config
