#include <algorithm>

#include "probes/health/health.hpp"
#include "probes/plan/contradictions.hpp"

// Of what a health probe expects.
namespace sonde::plan {
namespace {

void body_can_be_right(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr) return;
  const health::Expected& expect = parts.health->expect;
  const health::BodyRules& body = expect.body;
  const auto has_body = [](const health::Status& status) {
    return status.code != 204 && status.code != 205 && status.code != 304;
  };
  const bool wanted =
      !expect.json.empty() || !body.matches.empty() || body.min_size.value_or(0) > 0;
  if (wanted && parts.health->method == "HEAD")
    report.wrong("expect", "the answer to HEAD has no body; use 'method: GET'");
  if (wanted && std::ranges::none_of(expect.status, has_body))
    report.wrong("expect", "an answer of this status has no body");
  if (body.min_size && body.max_size && *body.min_size > *body.max_size)
    report.wrong("expect.body", "min_size is greater than max_size");
  if (body.min_size.value_or(0) > parts.health->line.limits.body)
    report.wrong("expect.body.min_size", "limits.body is smaller; raise it");
  for (const auto& pattern : body.matches)
    for (const auto& other : body.not_matches)
      if (pattern.text() == other.text())
        report.wrong("expect.body",
                     "'matches' and 'not_matches' have the same pattern " + pattern.text());
  if (expect.content_type.contains(';'))
    report.wrong("expect.content_type",
                 "it is compared without parameters; leave out what follows ';'");
}

void answer_can_be_late(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr || !parts.health->expect.max_latency) return;
  if (*parts.health->expect.max_latency >= parts.common->timeout)
    report.warn("expect.max_latency",
                not_shorter("it", *parts.health->expect.max_latency, *parts.common));
}

void status_can_come(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr || !parts.health->redirects.follow) return;
  const auto followed = [](const health::Status& status) {
    return status.code == 301 || status.code == 302 || status.code == 303 || status.code == 307 ||
           status.code == 308;
  };
  if (std::ranges::all_of(parts.health->expect.status, followed))
    report.wrong("expect.status", "redirects are followed, so it is never the last answer's");
}

}  // namespace

std::span<const Contradiction> health_contradictions() {
  static constexpr Contradiction table[] = {
      {"the body can be right", body_can_be_right},
      {"an answer can be too late", answer_can_be_late},
      {"the status can come", status_can_come},
  };
  return table;
}

}  // namespace sonde::plan
