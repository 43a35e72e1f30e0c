#include "probes/auth/grant.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/net/status.hpp"

namespace sonde::auth {
namespace {

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
  auto request = build_request("login", "POST", grant.url, grant.headers, names);
  if (!request) return request;
  for (auto& header : form.headers) request->headers.push_back(std::move(header));
  request->headers.emplace_back("Content-Type", std::move(form.content_type));
  request->headers.emplace_back("Accept", "application/json");
  request->body = std::move(form.body);
  return request;
}

Token token_of(std::string_view value) { return {.value = std::string(value)}; }

std::expected<Token, Failure> take_cookie(const Grant& grant, Cookies cookies) {
  const std::string* value = cookies.find(grant.token_cookie);
  if (value == nullptr)
    return std::unexpected(
        Failure{Reason::token_missing, "the answer sets no cookie " + grant.token_cookie});
  if (!is_token_text(*value))
    return std::unexpected(
        Failure{Reason::token_malformed, "the cookie " + grant.token_cookie + " is no token text"});
  return token_of(*value);
}

std::expected<Token, Failure> take_member(const Grant& grant, text::Json root) {
  const text::Json found = grant.token.at(root);
  if (!found || found.kind() == text::Json::Kind::null)
    return std::unexpected(
        Failure{Reason::token_missing, "nothing at " + grant.token.text() + " in the answer"});
  const auto value = found.string();
  if (!value || !is_token_text(*value))
    return std::unexpected(Failure{Reason::token_malformed,
                                   "what stands at " + grant.token.text() + " is no token text"});
  return token_of(*value);
}

}  // namespace

const config::Section<Grant>& section_of(const Grant*) {
  static const auto keys =
      config::Section<Grant>()
          .key("url", &Grant::url, "Where the login is asked for.",
               {.required = true, .filled = true})
          .key("headers", &Grant::headers, "Further headers of the request.")
          .key("token", &Grant::token, "Where the token stands in the answer.")
          .key("token_cookie", &Grant::token_cookie,
               "The cookie whose value is the token, where it does not stand in the body.")
          .key("refresh_token", &Grant::refresh_token,
               "Where a refresh token stands in the answer, if it does.")
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
  if (grant.jwt) add_needs(*grant.jwt, needs);
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

std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body,
                                         Cookies cookies) {
  const auto document = text::Document::parse(body);
  if (!document && grant.token_cookie.empty())
    return std::unexpected(
        Failure{Reason::token_missing, "the answer is not JSON: " + document.error()});
  const text::Json root = document ? document->root() : text::Json();
  auto token = grant.token_cookie.empty() ? take_member(grant, root) : take_cookie(grant, cookies);
  if (!token) return token;
  token->cookies = std::move(cookies);
  if (const auto lives = grant.expires_in.at(root).number(); lives && *lives > 0)
    token->lifetime = std::chrono::seconds(static_cast<std::int64_t>(std::min(*lives, 1e9)));
  const auto refresh = grant.refresh_token.at(root).string();
  if (refresh && is_token_text(*refresh)) token->refresh = *refresh;
  return token;
}

boost::asio::awaitable<std::expected<net::Response, Failure>> send(Context& context,
                                                                   const Grant& grant, Form form,
                                                                   Cookies& cookies) {
  auto request = build(grant, std::move(form), context.names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = ask(context, *request, grant.line, grant.redirects, cookies);
  net::Answer answer = co_await std::move(asking);
  if (!answer.ok()) co_return std::unexpected(std::move(answer.failure));
  if (auto refused = refusal_of(answer.response)) {
    refused->detail = context.trace.scrub(refused->detail);
    co_return std::unexpected(std::move(*refused));
  }
  co_return std::move(answer.response);
}

boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form) {
  Cookies cookies;
  auto sending = send(context, grant, std::move(form), cookies);
  const auto answer = co_await std::move(sending);
  if (!answer) co_return std::unexpected(answer.error());
  auto token = take_token(grant, answer->body, std::move(cookies));
  if (!token) co_return token;
  hide(context.trace, token->value);
  if (!token->refresh.empty()) hide(context.trace, token->refresh);
  if (!grant.jwt) co_return token;
  auto checking = check_token(context, *grant.jwt, grant.line, *token);
  auto wrong = co_await std::move(checking);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return token;
}

}  // namespace sonde::auth
