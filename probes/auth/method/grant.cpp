#include "probes/auth/method/grant.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "probes/auth/answer_words.hpp"
#include "probes/auth/ask.hpp"
#include "probes/auth/given.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/error_text.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/encode.hpp"

namespace sonde::auth {
namespace {

std::expected<net::Request, Failure> build(const Grant& grant, Form form, text::Names& names) {
  auto request = build_request("login", "POST", grant.url, grant.headers, names);
  if (!request) return request;
  for (auto& header : form.headers) request->headers.push_back(std::move(header));
  request->headers.emplace_back("Content-Type", std::move(form.content_type));
  request->headers.emplace_back("Accept", "application/json");
  request->body = std::move(form.body);
  return request;
}

std::expected<Token, Failure> token_of(const Grant& grant, std::string_view value,
                                       const std::string& place) {
  constexpr std::string_view scheme = "Bearer ";
  if (net::same_word(value.substr(0, scheme.size()), scheme)) value.remove_prefix(scheme.size());
  if (is_placeholder(value) && !value.empty())
    return std::unexpected(Failure{
        Reason::token_missing, place + " is \"" + std::string(value) + "\", which is no token"});
  const std::string why = why_no_token(value, grant.token_max);
  if (why.empty()) return Token{.value = std::string(value)};
  return std::unexpected(Failure{Reason::token_malformed, place + " is no token text: " + why});
}

std::expected<Token, Failure> take_cookie(const Grant& grant, const Cookies& cookies) {
  const std::string* value = cookies.find(grant.token_cookie);
  if (value == nullptr)
    return std::unexpected(
        Failure{Reason::token_missing, "the answer sets no cookie " + grant.token_cookie});
  return token_of(grant, *value, "the cookie " + grant.token_cookie);
}

std::expected<Token, Failure> take_member(const Grant& grant, text::Json root) {
  const text::Json found = grant.token.at(root);
  if (!found || found.kind() == text::Json::Kind::null)
    return std::unexpected(
        Failure{Reason::token_missing, "nothing at " + grant.token.text() + " in the answer"});
  const auto value = found.string();
  const std::string place = "what stands at " + grant.token.text();
  if (!value)
    return std::unexpected(
        Failure{Reason::token_malformed, place + " is no token text: it is not a string"});
  return token_of(grant, *value, place);
}

// Numbers are read as text, as by lenient clients. Empty: there is none.
std::string refresh_in(const Grant& grant, text::Json root) {
  const text::Json found = grant.refresh_token.at(root);
  const bool single = found.string() || found.number();
  std::string text = single ? found.text() : std::string();
  return why_no_token(text, grant.token_max).empty() && !is_placeholder(text) ? text : "";
}

}  // namespace

const config::Section<Grant>& section_of(const Grant*) {
  static const auto keys =
      config::Section<Grant>()
          .key("url", &Grant::url, "Where the login is asked for.",
               {.required = true, .filled = true})
          .key("headers", &Grant::headers, "Further headers of the request.")
          .key("token", &Grant::token, "Where the token stands in the answer.")
          .key("token_max", &Grant::token_max, "Longest token that is taken, in bytes.",
               {.min = 1024, .max = 262144})
          .key("token_cookie", &Grant::token_cookie,
               "The cookie whose value is the token, where it does not stand in the body.")
          .key("refresh_token", &Grant::refresh_token,
               "Where a refresh token stands in the answer, if it does.")
          .key("expires_in", &Grant::expires_in,
               "Where the token's lifetime stands in the answer, if it does.")
          .key("expires_in_unit", &Grant::expires_in_unit,
               "The unit of that lifetime: seconds, or milliseconds.")
          .key("refused", &Grant::refused,
               "An answer without a token that matches this refuses the credentials.")
          .key("jwt", &Grant::jwt, "What the token has to be; without it, it is taken as it comes.")
          .key("redirects", &Grant::redirects, "Whether redirects are followed.")
          .also(&Grant::line, config::section<net::ConnectionOptions>());
  return keys;
}

void add_needs(const Grant& grant, text::Needs& needs) {
  needs.add_url(grant.url);
  needs.add_headers(grant.headers);
  if (grant.jwt) add_needs(*grant.jwt, needs);
}

std::string why_no_token(std::string_view text, std::size_t max) {
  if (text.empty()) return "it is empty";
  if (text.size() > max) return "it is longer than " + std::to_string(max) + " bytes (token_max)";
  const bool visible = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
  return visible ? "" : "it has blanks, or characters that no header can carry";
}

std::expected<Token, Failure> take_token(const Grant& grant, const std::string& body,
                                         Cookies cookies) {
  const auto document = text::Document::parse_body(body);
  if (!document && grant.token_cookie.empty())
    return std::unexpected(Failure{Reason::token_missing, "the answer is " + document.error()});
  const text::Json root = document ? document->root() : text::Json();
  auto token = grant.token_cookie.empty() ? take_member(grant, root) : take_cookie(grant, cookies);
  if (!token) return token;
  token->cookies = std::move(cookies);
  token->lifetime = lifetime_of(grant.expires_in.at(root).text(), grant.expires_in_unit);
  token->refresh = refresh_in(grant, root);
  return token;
}

std::expected<Token, Failure> judge_grant(const Grant& grant, const net::Response& response,
                                          Cookies cookies) {
  const bool good = may_give_token(response.status);
  const bool page = net::is_page(response);
  if (!good || page)
    if (auto why = refusal_of(response, grant.refused)) return std::unexpected(*std::move(why));
  auto token = take_token(grant, response.body, std::move(cookies));
  const text::Pointer* place = grant.token_cookie.empty() ? &grant.token : nullptr;
  const std::string no = token ? says_no(response, {.token = true, .place = place}) : std::string();
  if (!no.empty())
    token = std::unexpected(Failure{Reason::token_missing, "a token comes, but beside it " + no});
  if (token) return token;
  if (auto why = refused_credentials(response, grant.refused))
    return std::unexpected(*std::move(why));
  const std::string said = net::error_text(response);
  if (!said.empty()) token.error().detail += "; it says: " + said;
  return token;
}

namespace {

// The answer, possibly with a failure.
struct Answered {
  net::Answer answer;
  bool moved = false;  // a redirect to another page was followed
};

boost::asio::awaitable<Answered> ask_and_wait(Context& context, const Grant& grant,
                                              net::Request request, LoginGuard::Trial& trial,
                                              Cookies& cookies) {
  auto sending = ask(context, request, grant.line, grant.redirects, cookies);
  net::Answer answer = co_await std::move(sending);
  // A refusal is one also where its headers or its body were cut.
  if (!answer.ok()) trial.judge(answer.status, answer.failure.reason);
  co_return Answered{std::move(answer), request.method != "POST"};
}

// In a success that is no whole JSON.
std::string refresh_in_text(const Grant& grant, const net::Response& response) {
  if (response.status / 100 != 2 || net::is_page(response)) return "";
  // A token has no blanks and no quotes; where it is escaped, the JSON parser reads it.
  for (Given& given : given_in_text(grant.refresh_token, response.body))
    if (given.whole && why_no_token(given.text, grant.token_max).empty() &&
        !is_placeholder(given.text))
      return std::move(given.text);
  return "";
}

// Hides the tokens of an answer, before anybody judges it.
void hide_tokens(Context& context, const Grant& grant, const net::Answer& answer) {
  hide_at(context, grant.token, answer);
  hide_at(context, grant.refresh_token, answer);
}

// Whether the place of the token has more than what services put there when they refuse: nothing,
// null, false, 0, "", [] or {}. It may be no token text, but the credentials were taken.
bool something_stands(const Grant& grant, const net::Response& response, const Cookies& cookies) {
  using enum text::Json::Kind;
  if (!grant.token_cookie.empty()) {
    const std::string* value = cookies.find(grant.token_cookie);
    return value != nullptr && !is_placeholder(*value);
  }
  const auto document = text::Document::parse_body(response.body);
  const text::Json value = document ? grant.token.at(document->root()) : text::Json();
  const auto kind = value.kind();
  if (kind == string) return !is_placeholder(*value.string());
  if (kind == array || kind == object) return value.size() > 0;
  if (kind == nothing || kind == null) return false;
  return value.boolean().value_or(value.number() != 0.0);
}

// A refresh token that was issued, whatever is wrong with the answer around it: the one before it
// may be good no longer. Where the answer is no success, an access token stands beside it.
std::string issued_refresh(const Grant& grant, const net::Answer& answer) {
  const net::Response& response = answer.response;
  auto document = text::Document::parse_body(response.body);
  if (!document && !answer.surplus.empty())
    document = text::Document::parse_body(response.body + answer.surplus);
  if (!document) return refresh_in_text(grant, response);
  const text::Json root = document->root();
  const bool good = answer.ok() && response.status / 100 == 2;
  const auto token = grant.token.at(root).string();
  return good || (token && !token->empty()) ? refresh_in(grant, root) : "";
}

Context::Said said_by(const net::Answer& answer, bool given) {
  Context::Said said;
  if (!answer.ok()) return said;
  said.status = answer.response.status;
  const auto document = text::Document::parse_body(answer.response.body);
  const text::Json root = document ? document->root() : text::Json();
  if (!given) said.error = error_code_of(answer.response, root);
  return said;
}

}  // namespace

boost::asio::awaitable<std::expected<Asking, Failure>> prepare(Context& context, const Grant& grant,
                                                               Form form) {
  context.said = {};
  auto request = build(grant, std::move(form), context.names);
  if (!request) co_return std::unexpected(request.error());
  auto beginning = begin_trial(context);
  auto trial = co_await std::move(beginning);
  if (!trial) co_return std::unexpected(std::move(trial.error()));
  co_return Asking{*std::move(request), *std::move(trial)};
}

boost::asio::awaitable<std::expected<Token, Failure>> ask_for_token(Context& context,
                                                                    const Grant& grant,
                                                                    net::Request request,
                                                                    LoginGuard::Trial& trial) {
  Cookies cookies;
  std::string issued;  // the last one, also in a redirect
  context.answered = [&](const net::Answer& one) {
    hide_tokens(context, grant, one);
    if (auto refresh = issued_refresh(grant, one); !refresh.empty()) issued = std::move(refresh);
  };
  auto sending = ask_and_wait(context, grant, std::move(request), trial, cookies);
  const auto [answer, moved] = co_await std::move(sending);
  context.answered = nullptr;
  const Instant at = Clock::now();
  const net::Response& response = answer.response;
  const bool stands = something_stands(grant, response, cookies);
  using Granted = std::expected<Token, Failure>;
  Granted token = answer.ok() ? judge_grant(grant, response, std::move(cookies))
                              : Granted(std::unexpected(answer.failure));
  context.said = said_by(answer, token.has_value());
  context.said.refresh = std::move(issued);
  for (const std::string& secret : {token ? token->value : std::string(), context.said.refresh})
    if (!secret.empty()) hide_issued(context, secret);
  if (!answer.ok()) {
    if (context.said.refresh.empty() && may_refuse(answer)) trial.refuse();
    co_return token;
  }
  trial.judge(response.status, token ? Reason::ok : token.error().reason);
  const bool given = token || (stands && token.error().reason == Reason::token_malformed);
  if (!given && (moved || may_refuse(answer))) trial.refuse();
  if (token) token->skew = response.skew;
  if (token) token->at = at;
  if (!token) token.error().detail = context.trace.scrub(token.error().detail);
  co_return token;
}

namespace {

// An answer with the cookies that came with it.
struct Accepted {
  net::Response response;
  Cookies cookies;
};

boost::asio::awaitable<std::expected<Accepted, Failure>> ask_for_answer(Context& context,
                                                                        const Grant& grant,
                                                                        net::Request request,
                                                                        LoginGuard::Trial& trial) {
  Cookies cookies;
  context.answered = [&](const net::Answer& one) { hide_tokens(context, grant, one); };
  auto sending = ask_and_wait(context, grant, std::move(request), trial, cookies);
  Answered answered = co_await std::move(sending);
  context.answered = nullptr;
  if (may_refuse(answered.answer) && !answered.answer.ok()) trial.refuse();
  if (!answered.answer.ok()) co_return std::unexpected(std::move(answered.answer.failure));
  auto& response = answered.answer.response;
  auto refused = refusal_of(response, grant.refused);
  if (!refused) co_return Accepted{std::move(response), std::move(cookies)};
  trial.judge(response.status, refused->reason);
  refused->detail = context.trace.scrub(refused->detail);
  co_return std::unexpected(*std::move(refused));
}

// Sends the form as a trial, which has ended when this returns. `ask_for` reads and judges the
// answer.
template <class T>
boost::asio::awaitable<std::expected<T, Failure>> send_as_trial(
    Context& context, const Grant& grant, Form form,
    boost::asio::awaitable<std::expected<T, Failure>> (*ask_for)(Context&, const Grant&,
                                                                 net::Request,
                                                                 LoginGuard::Trial&)) {
  auto preparing = prepare(context, grant, std::move(form));
  auto asking = co_await std::move(preparing);
  if (!asking) co_return std::unexpected(std::move(asking.error()));
  auto ask = [grant, ask_for, request = std::move(asking->request)](Context& own,
                                                                    LoginGuard::Trial& trial) {
    return ask_for(own, grant, request, trial);
  };
  auto sending = until_answered<std::expected<T, Failure>>(context, asking->trial, std::move(ask));
  auto answered = co_await std::move(sending);
  if (!answered) co_return std::unexpected(cut_failure());
  co_return *std::move(answered);
}

}  // namespace

boost::asio::awaitable<std::expected<net::Response, Failure>> send(Context& context,
                                                                   const Grant& grant, Form form,
                                                                   Cookies& cookies) {
  auto sending = send_as_trial(context, grant, std::move(form), ask_for_answer);
  auto answered = co_await std::move(sending);
  if (!answered) co_return std::unexpected(std::move(answered.error()));
  cookies = std::move(answered->cookies);
  co_return std::move(answered->response);
}

boost::asio::awaitable<std::expected<Token, Failure>> check_granted(
    Context& context, const Grant& grant, std::expected<Token, Failure> token) {
  if (!token || !grant.jwt) co_return token;
  auto checking = check_token(context, *grant.jwt, grant.line, *token);
  auto wrong = co_await std::move(checking);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return token;
}

boost::asio::awaitable<std::expected<Token, Failure>> obtain(Context& context, const Grant& grant,
                                                             Form form) {
  auto sending = send_as_trial(context, grant, std::move(form), ask_for_token);
  auto token = co_await std::move(sending);
  auto checking = check_granted(context, grant, std::move(token));
  auto checked = co_await std::move(checking);
  co_return checked;
}

}  // namespace sonde::auth
