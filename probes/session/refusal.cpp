#include "probes/session/refusal.hpp"

#include <algorithm>

#include "probes/net/http/status.hpp"
#include "probes/text/json.hpp"

namespace sonde::session {
namespace {

bool is_nothing(text::Json value) {
  using Kind = text::Json::Kind;
  if (!value || value.kind() == Kind::null) return true;
  const auto& members = value.members();
  return value.kind() == Kind::object && !members.empty() &&
         std::ranges::all_of(members, [](const auto& row) { return is_nothing(row.second); });
}

bool is_error(text::Json error) {
  return error.size() > 0 || !error.string_or_empty().empty() || error.boolean().value_or(false);
}

}  // namespace

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

Refusal classify_refusal(const net::Answer& answer, const dialect::RefusedBy& refused_by) {
  if (dialect::refuses(refused_by, answer.response.status)) return Refusal::refused;
  // A redirect to a login is a refusal like a login page; a configured list is complete.
  const bool usual = refused_by.status == dialect::RefusedBy{}.status;
  if (usual && answer.ok() && net::reason_of(answer.response) == Reason::login_redirect)
    return Refusal::refused;
  return answer.ok() ? Refusal::none : Refusal::unclear;
}

bool is_trouble(int status) {
  constexpr int all[] = {408, 425, 429, 502, 503, 504};
  return std::ranges::find(all, status) != std::end(all) || (status >= 520 && status <= 530);
}

bool asks_to_wait(const net::Response& response) {
  return response.status == 429 || response.header("Retry-After") != nullptr;
}

bool says_error(std::string_view body) {
  const auto document = text::Document::parse_body(body);
  if (!document || document->root().kind() != text::Json::Kind::object) return false;
  const text::Json root = document->root();
  for (const char* name : {"success", "ok"})
    if (root.member(name).boolean() == false) return true;
  const bool failed = is_error(root.member("errors")) || is_error(root.member("error"));
  return failed && is_nothing(root.member("data")) && is_nothing(root.member("result"));
}

}  // namespace sonde::session
