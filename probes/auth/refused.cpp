#include "probes/auth/refused.hpp"

#include <algorithm>
#include <array>

#include "probes/auth/lockout.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/error_text.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/html.hpp"
#include "probes/text/json.hpp"

namespace sonde::auth {
namespace {

using text::Json;

struct Code {
  std::string_view value;
  Reason reason = Reason::credentials;
};

// From the documentation of the services. No ordinary words, because they occur elsewhere too.
constexpr Code codes[] = {
    {"invalid_grant"},  // RFC 6749 5.2: Auth0, Keycloak, Microsoft, Google, Salesforce, Okta
    {"invalid_client"},
    {"unauthorized_client"},
    {"INVALID_LOGIN_CREDENTIALS"},  // Firebase, Google Identity Platform
    {"INVALID_PASSWORD"},
    {"EMAIL_NOT_FOUND"},
    {"USER_DISABLED", Reason::account_locked},
    {"TOO_MANY_ATTEMPTS_TRY_LATER", Reason::account_locked},
    {"invalid_credentials"},  // Supabase, WorkOS
    {"user_banned", Reason::account_locked},
    {"NotAuthorizedException"},  // Amazon Cognito
    {"UserNotFoundException"},
    {"invalid_user_password"},  // Auth0's older endpoints
    {"E0000004"},               // Okta's authn
    {"E0000119", Reason::account_locked},
    {"4000006"},                  // Ory Kratos, the id of a message
    {"form_password_incorrect"},  // Clerk
    {"form_identifier_not_found"},
    {"user_locked", Reason::account_locked},
    {"unauthorized_credentials"},  // Stytch
    {"user_invalid_credentials"},  // Appwrite
    {"user_blocked", Reason::account_locked},
    {"INVALID_CREDENTIALS"},        // Directus
    {"INVALID_EMAIL_OR_PASSWORD"},  // Better Auth
    {"invalid-email-password"},     // Nhost
    {"M_FORBIDDEN"},                // Matrix, of its login endpoint
    {"M_USER_DEACTIVATED", Reason::account_locked},
    {"session.invalid_credentials"},  // Logto
    {"incorrect_password"},           // WordPress
    {"[jwt_auth] incorrect_password"},
    {"[jwt_auth] invalid_username"},
};

// A class name may follow its namespace: "com.example#NotAuthorizedException".
std::optional<Reason> meaning(std::string_view value) {
  value = value.substr(value.rfind('#') + 1);
  const auto found = std::ranges::find(codes, value, &Code::value);
  return found == std::end(codes) ? std::nullopt : std::optional(found->reason);
}

constexpr std::size_t body_max = 64 * 1024;  // a refusal is short
constexpr int depth_max = 6;

// The first member, at any depth, whose whole value is a known code.
std::optional<Reason> find_code(Json value, int depth, int& left) {
  if (depth > depth_max || --left < 0) return std::nullopt;
  for (const auto& [name, member] : value.members()) {
    const bool single = member.string() || member.number();
    const auto found = single ? meaning(member.text()) : find_code(member, depth + 1, left);
    if (found) return found;
  }
  for (std::size_t i = 0; value.kind() == Json::Kind::array && i < value.size() && left > 0; ++i)
    if (const auto found = find_code(value.item(i), depth + 1, left)) return found;
  return std::nullopt;
}

std::optional<Reason> code_in(const net::Response& response) {
  if (response.status < 400 || response.status > 499 || response.body.size() > body_max)
    return std::nullopt;
  const auto document = text::Document::parse_body(response.body);
  int left = 1000;
  return document ? find_code(document->root(), 0, left) : std::nullopt;
}

}  // namespace

std::string error_code_of(const net::Response& response, text::Json root) {
  if (const auto code = root.member("error").string()) return std::string(code->substr(0, 128));
  constexpr std::string_view challenge = "error=\"";
  const std::string* header = response.header("www-authenticate");
  const std::size_t at = header != nullptr ? header->find(challenge) : std::string::npos;
  if (at != std::string::npos) {
    const std::size_t begin = at + challenge.size();
    return header->substr(begin, std::min<std::size_t>(header->find('"', begin) - begin, 128));
  }
  if (root || response.body.size() > 4096) return "";
  const auto fields = text::read_parameters(response.body);
  const auto found = fields.find("error");
  return found == fields.end() ? "" : found->second.substr(0, 128);
}

std::optional<Failure> refused_credentials(const net::Response& response,
                                           const std::optional<text::Pattern>& refused) {
  if (const auto reason = code_in(response)) return Failure{*reason, net::describe(response)};
  if (refused && refused->found_in(response.body))
    return Failure{Reason::credentials,
                   net::describe(response) + ", and the answer matches refused"};
  const bool unclear =
      response.status / 100 == 4 && !is_refusal(response.status) && response.status != 429;
  if (unclear && speaks_of_credentials(response))
    return Failure{Reason::credentials, net::describe(response)};
  return std::nullopt;
}

bool may_give_token(int status) { return status >= 200 && status <= 203; }

bool speaks_of_credentials(const net::Response& response) {
  static const text::Pattern address = *text::Pattern::parse("(?:^|[\\s\"'(])(?:[a-z]+:/)?/\\S*");
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)passw(?:or)?d|passwort|kennwort|credential|\\buser ?name|"
      "\\b(?:user|account|e-?mail)\\b.{0,40}\\b(?:not (?:found|exist|registered)|unknown|does ?n.t "
      "exist|invalid|incorrect|locked|disabled|blocked)|"
      "\\b(?:no such|unknown|invalid|incorrect|wrong) (?:user|account|e-?mail|log-?in)\\b");
  if (net::is_page(response)) return false;
  std::string said = net::error_text(response);
  for (auto found = address.groups(said); !found.empty() && !found.front().empty();
       found = address.groups(said))
    said.erase(said.find(found.front()), found.front().size());
  return words.found_in(said);
}

bool may_refuse(const net::Answer& answer) {
  const int status = answer.response.status != 0 ? answer.response.status : answer.status;
  // A connection that breaks within the body is the network's fault.
  if (answer.failure.reason == Reason::cut || answer.failure.reason == Reason::truncated_body)
    return false;
  return status / 100 == 2 || net::is_redirect(status) ||
         (answer.ok() && status >= 500 && speaks_of_credentials(answer.response));
}

std::optional<Failure> refusal_of(const net::Response& response,
                                  const std::optional<text::Pattern>& refused) {
  const bool good = may_give_token(response.status);
  if (auto why = refused_credentials(response, refused)) return why;
  if (net::is_page(response))
    return Failure{Reason::spa_fallback, "a page (text/html) answers instead of the login"};
  if (good) return std::nullopt;
  const std::string what = net::describe(response);
  if (response.status == 401) return Failure{Reason::credentials, what};
  if (response.status == 403) return Failure{Reason::forbidden, what};
  if (response.status == 423) return Failure{Reason::account_locked, what};
  return Failure{net::reason_of(response), what};
}

}  // namespace sonde::auth
