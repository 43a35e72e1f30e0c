#include "probes/auth/grant.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "probes/auth/hide.hpp"
#include "probes/net/status.hpp"

namespace sonde::auth {
namespace {

std::int64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// RFC 6749 5.2 answers wrong credentials with 400, which elsewhere means a wrong request.
bool refuses_credentials(const net::Response& response) {
  if (response.status == 401) return true;
  constexpr std::array codes = {"invalid_grant", "invalid_client", "unauthorized_client"};
  const std::string said = net::said_error(response);
  return response.status == 400 && std::ranges::any_of(codes, [&](auto code) {
           return said.find(code) != std::string::npos;
         });
}

std::expected<net::Request, Failure> build(const Grant& grant, Form form, text::Names& names) {
  net::Request request{.method = "POST",
                       .url = {},
                       .headers = std::move(form.headers),
                       .body = std::move(form.body)};
  auto own = [](std::string why) { return std::unexpected(Failure{Reason::own_request, why}); };
  auto rendered = grant.url.render(names);
  if (!rendered) return own("login url: " + rendered.error());
  auto url = net::parse_url(*rendered);
  if (!url) return own("login url: " + url.error());
  request.url = std::move(*url);
  request.headers.emplace_back("Content-Type", std::move(form.content_type));
  request.headers.emplace_back("Accept", "application/json");
  for (const auto& [name, value] : grant.headers) {
    auto text = value.render(names);
    if (!text) return own("login header " + name + ": " + text.error());
    request.headers.emplace_back(name, std::move(*text));
  }
  return request;
}

std::expected<Token, Failure> judge(const Grant& grant, const net::Answer& answer, Trace& trace) {
  if (!answer.ok()) return std::unexpected(answer.failure);
  if (auto refused = refusal_of(answer.response)) {
    refused->detail = trace.scrub(refused->detail);
    return std::unexpected(*refused);
  }
  auto token = take_token(grant, answer.response.body);
  if (!token) return token;
  hide(trace, token->value);
  if (!grant.jwt) return token;
  auto wrong = check_jwt(token->value, *grant.jwt, token->lifetime, unix_now(), trace.skew);
  if (wrong) return std::unexpected(*wrong);
  return token;
}

}  // namespace

const config::Section<Grant>& section_of(const Grant*) {
  static const auto keys =
      config::Section<Grant>()
          .key("url", &Grant::url, "Where the login is asked for.",
               {.required = true, .filled = true})
          .key("headers", &Grant::headers, "Further headers of the request.")
          .key("token", &Grant::token, "Where the token stands in the answer.")
          .key("expires_in", &Grant::expires_in,
               "Where the token's lifetime in seconds stands in the answer, if it does.")
          .key("jwt", &Grant::jwt, "What the token has to be; without it, it is taken as it comes.")
          .key("redirects", &Grant::redirects, "Whether redirects are followed.")
          .also(&Grant::line, net::section_of(static_cast<const net::Line*>(nullptr)));
  return keys;
}

void add_needs(const Grant& grant, text::Needs& needs) {
  needs.add(grant.url);
  needs.add_values(grant.headers);
}

std::optional<Failure> refusal_of(const net::Response& response) {
  if (net::is_page(response))
    return Failure{Reason::spa_fallback, "a page (text/html) answers instead of the login"};
  if (response.status == 200 || response.status == 201) return std::nullopt;
  const std::string what = net::describe(response);
  if (refuses_credentials(response)) return Failure{Reason::credentials, what};
  if (response.status == 403) return Failure{Reason::forbidden, what};
  if (response.status == 423) return Failure{Reason::account_locked, what};
  return Failure{net::reason_of(response), what};
}

std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body) {
  const auto document = text::Document::parse(body);
  if (!document)
    return std::unexpected(
        Failure{Reason::token_missing, "the answer is not JSON: " + document.error()});
  const text::Json found = grant.token.at(document->root());
  if (!found || found.kind() == text::Json::Kind::null)
    return std::unexpected(
        Failure{Reason::token_missing, "nothing at " + grant.token.text() + " in the answer"});
  const auto value = found.string();
  if (!value || !is_token_text(*value))
    return std::unexpected(Failure{Reason::token_malformed,
                                   "what stands at " + grant.token.text() + " is no token text"});
  Token token{.value = std::string(*value), .lifetime = {}};
  if (const auto lives = grant.expires_in.at(document->root()).number(); lives && *lives > 0)
    token.lifetime = std::chrono::seconds(static_cast<std::int64_t>(std::min(*lives, 1e9)));
  return token;
}

boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form) {
  auto request = build(grant, std::move(form), context.names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = net::fetch(context.network, *request, grant.line, grant.redirects, context.trace);
  const net::Answer answer = co_await std::move(asking);
  auto token = judge(grant, answer, context.trace);
  co_return token;
}

}  // namespace sonde::auth
