#include "probes/diagnosis/observation.hpp"

#include <algorithm>

#include "probes/net/http/http_text.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::diagnosis {
namespace {

constexpr std::size_t text_max = 200;

const Exchange* last_exchange(const Trace& trace, std::string_view scheme) {
  const auto& all = trace.exchanges();
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Exchange& exchange) {
    return exchange.experiment.empty() && exchange.url.starts_with(scheme);
  });
  return found == all.rend() ? nullptr : &*found;
}

// A header up to `end`, after which it differs between answers.
std::string header_of(const Exchange& exchange, std::string_view name, char end) {
  const std::string* value = net::find_header(exchange.received, name);
  return value == nullptr ? "" : value->substr(0, value->find(end)).substr(0, text_max);
}

}  // namespace

Observation observe(const Verdict& verdict, const Trace& trace, std::string_view scheme) {
  Observation seen{.step = verdict.step, .reason = verdict.reason};
  if (verdict.step == Step::upgrade)
    if (const Exchange* refused = last_exchange(trace, scheme); refused != nullptr) {
      seen.status = refused->status;
      seen.content_type = header_of(*refused, "content-type", ';');
      seen.location = header_of(*refused, "location", '?');
      seen.server = header_of(*refused, "server", '\0');
    }
  if (trace.ending().by != EndedBy::nobody) {
    seen.code = trace.ending().code;
    seen.ended_by = name(trace.ending().by);
  }
  return seen;
}

std::string describe(const Observation& observation) {
  if (observation.reason == Reason::ok) return "accepted";
  if (observation.status != 0) return "HTTP " + std::to_string(observation.status);
  if (observation.code != 0) return "Close " + std::to_string(observation.code);
  return std::string(name(observation.reason));
}

bool suspects_breaker(const Observation& observation, std::string_view detail) {
  constexpr std::string_view word = "breaker";
  const bool named = !std::ranges::search(detail, word, text::same_letter).empty();
  return named || observation.status == 503 || observation.code == 1013;
}

}  // namespace sonde::diagnosis
