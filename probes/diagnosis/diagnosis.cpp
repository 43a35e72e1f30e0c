#include "probes/diagnosis/diagnosis.hpp"

#include <algorithm>

namespace sonde::diagnosis {
namespace {

using enum Experiment;

constexpr ExperimentRow table[] = {
    {earlier_pass, "earlier_pass", "did it pass within the last minutes?"},
    {no_token, "no_token", "the same upgrade without a token", true},
    {garbage_token, "garbage_token", "the same upgrade with a garbage token", true},
    {random_path, "random_path", "the same upgrade at a path that does not exist"},
    {plain_get, "plain_get", "a plain GET of the same address"},
    {other_carrier, "other_carrier", "the same token in another place", true},
    {origin, "origin", "the same upgrade at the origin itself"},
    {rest, "rest", "a plain request with the same token"},
    {fresh_login, "fresh_login", "the same upgrade with the token of a fresh login"},
    {again, "again", "the same upgrade again, a moment later"},
    {reuse, "reuse", "the same token twice at the same moment"},
    {late_message, "late_message", "the message half a second after the session was ready"},
    {with_extension, "with_extension", "the same upgrade with an offer of permessage-deflate"},
    {without_alpn, "without_alpn", "the same upgrade without an offer by ALPN"},
    {without_subprotocol, "without_subprotocol", "the same upgrade without subprotocols"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(table); ++i)
    if (static_cast<std::size_t>(table[i].experiment) != i) return false;
  return std::size(table) == experiment_count;
}
static_assert(in_order(), "one row an experiment, in the order of the enum");

// The experiment that is needed before the rule can be judged, or whether the rule holds.
struct Judged {
  std::optional<Experiment> ask;
  bool holds = false;
};

Judged judge(const Rule& rule, const Possible& possible, std::span<const Reply> replies) {
  for (const Condition& condition : rule.when) {
    const auto reply = std::ranges::find(replies, condition.experiment, &Reply::experiment);
    if (reply == replies.end()) {
      if (!possible.has(condition.experiment)) return {};
      return {.ask = condition.experiment};
    }
    if ((reply->said & condition.any_of) == 0) return {};
  }
  return {.ask = std::nullopt, .holds = true};
}

}  // namespace

const ExperimentRow& row(Experiment experiment) {
  return table[static_cast<std::size_t>(experiment)];
}

Decision decide(std::span<const Rule> rules, const Possible& possible,
                std::span<const Reply> replies) {
  for (const Rule& rule : rules) {
    const Judged judged = judge(rule, possible, replies);
    if (judged.ask) return {.next = judged.ask, .because = {}};
    if (judged.holds) return {.next = std::nullopt, .reason = rule.reason, .because = rule.because};
  }
  return {.next = std::nullopt, .because = {}};
}

said::Set said_of(const Observation& answer, const Observation& failure) {
  if (answer.reason == Reason::ok) return said::opened | said::differs;
  const bool alike = answer.step == failure.step && answer.reason == failure.reason;
  if (answer.status == 0 && answer.step != Step::ready) return alike ? said::same : said::nothing;
  // The same answer from another server counts as different.
  const bool same = answer.status == failure.status && answer.code == failure.code &&
                    answer.server == failure.server &&
                    answer.content_type == failure.content_type && (alike || answer.status != 0);
  said::Set set = same ? said::same : said::differs;
  const int status = answer.status;
  if (status == 401 || status == 403 || answer.reason == Reason::auth_rejected_after_accept)
    set |= said::refused;
  if (status == 400 || status == 404 || status == 405 || status == 410 || status == 426)
    set |= said::absent;
  if (status >= 500 || answer.reason == Reason::server_error_after_accept) set |= said::failed;
  return set;
}

}  // namespace sonde::diagnosis
