#include "probes/refusal.hpp"

#include "probes/net/status.hpp"

namespace sonde {

Failure explain_refusal(const net::Response& response) {
  const std::string what = net::describe(response);
  if (net::is_page(response))
    return {Reason::spa_fallback, what + ": a page (text/html) answers instead of an upgrade"};
  switch (response.status) {
    case 401:
      return {Reason::unauthorized, what};
    case 403:
      return {Reason::forbidden_or_no_route, what};
    case 404:
      return {Reason::no_route_or_stripped, what};
    case 400:
    case 426:
      return {Reason::bad_upgrade, what};
    default:
      return {net::reason_of(response), what};
  }
}

Refusal classify_refusal(const net::Answer& answer, const talk::RefusedBy& refused_by) {
  if (talk::refuses(refused_by, answer.response.status)) return Refusal::refused;
  // As a page would be, somebody is sent to log in; a list of one's own says all that refuses.
  const bool usual = refused_by.status == talk::RefusedBy{}.status;
  if (usual && answer.ok() && net::reason_of(answer.response) == Reason::login_redirect)
    return Refusal::refused;
  return answer.ok() ? Refusal::none : Refusal::unclear;
}

}  // namespace sonde
