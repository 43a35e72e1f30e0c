#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"
#include "probes/health/cors.hpp"
#include "probes/net/http/http_exchange.hpp"
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

// Reports what no answer can be, and what no browser sends; `probe` is the probe as written.
bool check_expected(const Expected& expected, const config::Value& probe,
                    const config::Reader& reader);

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
