#include "probes/session/secret_answer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/refused.hpp"

namespace sonde::session {
namespace {

bool has(const std::vector<int>& all, int status) {
  return std::ranges::find(all, status) != all.end();
}

// Statuses that speak of the address, of the form of the request or of the load, not of the user.
bool is_about_else(int status) {
  constexpr std::array all = {404, 405, 406, 408, 410, 411, 413, 414, 415, 421, 425, 426, 429, 431};
  return std::ranges::find(all, status) != all.end();
}

}  // namespace

bool may_refuse_request(const net::Answer& answer, const AnswerRules& rules) {
  const int status = answer.response.status != 0 ? answer.response.status : answer.status;
  const bool locked = status == 401 || status == 423;
  if (status == 0) return false;  // no answer came
  if (has(rules.refused_by, status)) return true;
  if (answer.ok() && auth::refused_credentials(answer.response, std::nullopt)) return true;
  if (status / 100 != 2 && has(rules.expected, status) && !locked) return false;
  if (status / 100 == 4) return !is_about_else(status);
  if (status / 100 == 3) return true;
  if (status / 100 != 2) return false;
  return rules.is_upgrade || (rules.posts && auth::asks_password(answer.response));
}

bool may_refuse_after_all(Reason reason) {
  using enum Reason;
  constexpr std::array plainly_else = {server_error_after_accept,
                                       restarting,
                                       try_later,
                                       message_too_big,
                                       too_many_frames,
                                       reported_unhealthy,
                                       truncated_body,
                                       body_too_big,
                                       bad_encoding,
                                       subprotocol_mismatch,
                                       bad_handshake,
                                       extension_fault,
                                       clock_skew};
  const ReasonRow& of = row(reason);
  return of.outcome == Outcome::fail && !of.slow && !of.unanswered &&
         std::ranges::find(plainly_else, reason) == plainly_else.end();
}

}  // namespace sonde::session
