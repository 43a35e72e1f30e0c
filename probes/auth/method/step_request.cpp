#include "probes/auth/method/step_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "probes/auth/answer_words.hpp"
#include "probes/auth/ask.hpp"
#include "probes/auth/form/forms.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/error_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr std::size_t captured_max = 16 * 1024;

bool is_wanted(const StepRequest& step, int status) {
  if (step.status.empty()) return status >= 200 && status < 300;
  return std::ranges::find(step.status, status) != step.status.end();
}

std::string method_of(const StepRequest& step) {
  if (!step.method.empty()) return step.method;
  return step.json.empty() && step.form.empty() && step.body.empty() ? "GET" : "POST";
}

std::expected<net::Request, Failure> build(const StepRequest& step, text::Names& names) {
  auto request = build_request("login", method_of(step), step.url, step.headers, names);
  if (!request) return request;
  std::expected<std::string, std::string> body = "";
  std::string type;
  if (!step.json.empty()) {
    body = step.json.render_json(names);
    type = "application/json";
  } else if (!step.form.empty()) {
    body = step.form.render_form(names);
    type = "application/x-www-form-urlencoded";
  } else {
    body = step.body.render(names);
  }
  if (!body) return std::unexpected(Failure{Reason::own_request, "login body: " + body.error()});
  request->body = std::move(*body);
  if (!type.empty()) request->headers.emplace_back("Content-Type", type);
  return request;
}

// Why an answer stops the login; nullopt: it does not.
std::optional<Failure> judge(const StepRequest& step, const net::Answer& answer,
                             const std::optional<text::Pattern>& refused) {
  if (!answer.ok()) return answer.failure;
  if (is_wanted(step, answer.response.status)) {
    // Without captures nothing else distinguishes success from failure.
    if (!step.capture.empty() || !refused || !refused->found_in(answer.response.body))
      return std::nullopt;
    return refused_credentials(answer.response, refused);
  }
  return refusal_of(answer.response, refused)
      .value_or(Failure{Reason::bad_status, net::describe(answer.response)});
}

std::string without_query(const net::Url& url) {
  const std::string text = url.text();
  return text.substr(0, text.find('?'));
}

// The meaning of a capture that finds nothing: a page instead of JSON, or a rejection.
Failure lacking(const net::Url& url, const std::string& name, const Capture& capture,
                const net::Response& response, const Cookies& cookies,
                const std::optional<text::Pattern>& refused) {
  if (auto why = refused_credentials(response, refused)) return *std::move(why);
  if (capture.json && net::is_page(response))
    return {Reason::spa_fallback, "a page (text/html) answers instead of the login"};
  Failure failure{Reason::answer_incomplete,
                  "the answer of " + without_query(url) + " lacks '" + name + "'"};
  const std::string error = net::error_text(response);
  if (!error.empty()) failure.detail += "; it says: " + error;
  for (const auto& [dropped, why] : cookies.dropped_since({}))
    if (dropped == capture.cookie)
      failure.detail += fmt::format("; the cookie {} is not kept: {}", dropped, why);
  return failure;
}

bool names_any(const StepRequest& step, bool (*wanted)(std::string_view name)) {
  text::Needs needs;
  add_needs({step}, needs);
  return std::ranges::any_of(needs.all, [&](const auto& need) { return wanted(need.name); });
}

// Whether a request contains credentials: more than the target's address.
bool carries_credentials(const StepRequest& step) {
  return names_any(step, [](std::string_view name) { return !name.starts_with("target."); });
}

// Whether it contains the user's own credentials, not only values from an answer.
bool carries_own(const StepRequest& step) {
  return names_any(step, [](std::string_view name) { return name.starts_with("identity."); });
}

// What the requests of a login have shown up to now.
struct Shown {
  bool own = false;       // the user's own credentials
  bool password = false;  // a secret of the user
};

// Whether a request shows a secret of the user, and not the name alone.
bool shows_password(const StepRequest& step, const Context& context) {
  text::Needs needs;
  add_needs({step}, needs);
  return std::ranges::any_of(needs.all, [&](const auto& need) {
    const std::string* value =
        need.name.starts_with("identity.") ? context.names.find(need.name) : nullptr;
    return value != nullptr && !is_user_name(need.name) && context.trace.scrub(*value) != *value;
  });
}

// A request that is made, and the cookies that go with it and come back.
struct Making {
  const StepRequest& step;
  net::Request request;
  net::ConnectionOptions line;
  const std::optional<text::Pattern>& refused;
  Cookies cookies;
  Shown shown = {};                      // by it, or by one before it
  std::vector<std::string> tokens = {};  // what it captures for the token
  bool goes_on = false;                  // further requests follow it
  bool proven_later = false;             // something is captured of their answers
};

// What came of a request that carried credentials, or follows one, and stopped the login.
void judge_trial(LoginGuard::Trial& trial, const Making& making, const net::Answer& answer,
                 const Failure& wrong) {
  trial.judge(answer.status, wrong.reason);
  const bool moved =
      making.request.method != method_of(making.step);  // by a redirect that was followed
  if (making.shown.own && ((answer.ok() && moved) || may_refuse(answer))) trial.refuse();
}

using Captured = std::vector<std::pair<std::string, std::string>>;

// Why a captured value, or the answer that it is from, gives no token.
std::optional<Failure> no_token(const std::string& name, const std::string& value,
                                const net::Response& response,
                                std::span<const std::string> captured) {
  const auto lacking = [&](std::string why) {
    const std::string said = net::error_text(response);
    if (!said.empty()) why += "; it says: " + said;
    return Failure{Reason::token_missing, std::move(why)};
  };
  if (is_placeholder(value))
    return lacking(fmt::format("'{}' is \"{}\", which is no token", name, value));
  if (value.front() == '{' || value.front() == '[')
    return lacking(fmt::format("'{}' is no token text: it is not a string", name));
  const std::string no = says_no(response, {.token = true, .captured = captured});
  if (no.empty()) return std::nullopt;
  return lacking(fmt::format("'{}' comes, but beside it {}", name, no));
}

// The page with the login again, although the password was shown; a page of which something is
// captured is judged by that.
std::optional<Failure> asks_again(const Making& making, const net::Response& response) {
  if (!making.shown.password || !making.step.capture.empty() || response.status / 100 != 2 ||
      !asks_password(response))
    return std::nullopt;
  return Failure{Reason::credentials, net::describe(response) + ", and " +
                                          without_query(making.request.url) +
                                          " asks for a password again"};
}

// An answer to the credentials that is no success, where neither a token of it nor a later answer
// shows that.
std::optional<Failure> no_success(const Making& making, const net::Response& response,
                                  std::span<const std::string> captured) {
  if (making.proven_later || !making.tokens.empty() || !carries_own(making.step))
    return std::nullopt;
  const std::string no = says_no(
      response,
      {.token = !making.step.capture.empty(), .goes_on = making.goes_on, .captured = captured});
  if (no.empty()) return std::nullopt;
  Failure failure{Reason::answer_incomplete,
                  "the answer of " + without_query(making.request.url) + " is no success: " + no};
  const std::string said = net::error_text(response);
  if (!said.empty()) failure.detail += "; it says: " + said;
  return failure;
}

std::expected<Captured, Failure> capture_all(const Making& making, const net::Response& response) {
  const auto& [step, request, line, refused, cookies, shown, tokens, goes_on, proven] = making;
  if (auto wrong = asks_again(making, response)) return std::unexpected(*std::move(wrong));
  std::vector<std::string> values;
  for (const auto& [name, capture] : step.capture)
    if (auto found = find(capture, response, cookies)) values.push_back(*std::move(found));
  if (auto wrong = no_success(making, response, values)) return std::unexpected(*std::move(wrong));
  Captured all;
  for (const auto& [name, capture] : step.capture) {
    auto found = find(capture, response, cookies);
    if (!found || found->empty())
      return std::unexpected(lacking(request.url, name, capture, response, cookies, refused));
    if (found->size() > captured_max)
      return std::unexpected(
          Failure{Reason::answer_incomplete, "'" + name + "' is longer than 16 KB"});
    if (std::ranges::find(tokens, name) != tokens.end())
      if (auto wrong = no_token(name, *found, response, values))
        return std::unexpected(*std::move(wrong));
    all.emplace_back(name, *std::move(found));
  }
  return all;
}

std::vector<std::string> captured_by(const Token& token) {
  std::vector<std::string> names;
  names.reserve(token.named.size());
  for (const auto& [name, value] : token.named) names.push_back(name);
  return names;
}

// A URL from an answer gets the login's secrets only if the configuration sends them there too.
std::optional<Failure> check_origin(const StepRequest& step, const net::Url& url,
                                    const Token& token, net::Origins& own) {
  if (net::is_configured(step.url, captured_by(token))) own.add(url);
  if (own.has(url)) return std::nullopt;
  return Failure{Reason::redirected,
                 "a request of the login leads to another origin: " + net::no_own_origin(url)};
}

// Its captures that `of` names.
std::vector<std::string> captured_for(const StepRequest& step, const text::Template& of) {
  std::vector<std::string> names;
  for (const auto& name : of.names())
    if (step.capture.contains(std::string(name))) names.emplace_back(name);
  return names;
}

// What came of it.
struct Made {
  std::expected<Captured, Failure> captured;
  Cookies cookies;
  std::optional<Span> skew;
  Instant at{};
};

asio::awaitable<Made> make(Context& context, Making making, LoginGuard::Trial& trial) {
  auto& [step, request, line, refused, cookies, shown, tokens, goes_on, proven] = making;
  context.answered = [&](const net::Answer& one) {
    hide_captured(context, making.step.capture, one, making.cookies);
  };
  auto asking = ask(context, request, line, step.redirects, cookies);
  const net::Answer answer = co_await std::move(asking);
  context.answered = nullptr;
  Made made{.captured = {}, .cookies = {}, .skew = answer.response.skew, .at = Clock::now()};
  if (auto wrong = judge(step, answer, refused))
    made.captured = std::unexpected(*std::move(wrong));
  else
    made.captured = capture_all(making, answer.response);
  if (!made.captured) judge_trial(trial, making, answer, made.captured.error());
  if (made.captured)
    for (const auto& [name, value] : *made.captured) {
      if (!is_known_name(value, context)) hide_issued(context, value);
    }
  else
    made.captured.error().detail = context.trace.scrub(made.captured.error().detail);
  made.cookies = std::move(cookies);
  co_return made;
}

// Makes a request whose answer counts even if the run is cancelled before.
asio::awaitable<std::optional<Made>> make_as_trial(Context& context, const Making& making) {
  auto beginning = begin_trial(context);
  auto trial = co_await std::move(beginning);
  if (!trial)
    co_return Made{.captured = std::unexpected(std::move(trial.error())),
                   .cookies = making.cookies,
                   .skew = {}};
  auto doing = [step = making.step, refused = making.refused, request = making.request,
                line = making.line, cookies = making.cookies, shown = making.shown,
                tokens = making.tokens, goes_on = making.goes_on,
                proven = making.proven_later](Context& own, LoginGuard::Trial& counted) {
    return make(own, Making{step, request, line, refused, cookies, shown, tokens, goes_on, proven},
                counted);
  };
  auto making_it = until_answered<Made>(context, *trial, std::move(doing));
  auto made = co_await std::move(making_it);
  co_return made;
}

asio::awaitable<std::optional<Made>> make_uncounted(Context& context, const Making& making) {
  LoginGuard::Trial none;
  auto making_it = make(context, making, none);
  auto made = co_await std::move(making_it);
  co_return made;
}

asio::awaitable<std::optional<Failure>> take(Context& context, const StepRequest& step,
                                             const net::ConnectionOptions& line,
                                             const std::optional<text::Pattern>& refused,
                                             const text::Template& made_of, text::Names& names,
                                             net::Origins& own, Token& token,
                                             std::span<const StepRequest> later, Shown& shown) {
  shown.own |= carries_own(step);
  shown.password |= shows_password(step, context);
  auto request = build(step, names);
  if (!request) co_return request.error();
  if (auto elsewhere = check_origin(step, request->url, token, own)) co_return elsewhere;
  const bool proven_later =
      std::ranges::any_of(later, [](const auto& one) { return !one.capture.empty(); });
  const Making making{.step = step,
                      .request = *std::move(request),
                      .line = line,
                      .refused = refused,
                      .cookies = token.cookies,
                      .shown = shown,
                      .tokens = captured_for(step, made_of),
                      .goes_on = !later.empty(),
                      .proven_later = proven_later};
  auto making_it = shown.own || carries_credentials(step) ? make_as_trial(context, making)
                                                          : make_uncounted(context, making);
  auto made = co_await std::move(making_it);
  if (!made) co_return cut_failure();
  token.cookies = std::move(made->cookies);
  if (!making.tokens.empty()) {
    token.skew = made->skew;
    token.at = made->at;
  }
  if (!made->captured) co_return std::move(made->captured.error());
  for (auto& [name, value] : *made->captured) {
    names.set(name, value);
    if (is_known_name(value, context)) token.public_names.push_back(name);
    token.named.emplace_back(name, std::move(value));
  }
  co_return std::nullopt;
}

}  // namespace

asio::awaitable<std::optional<Failure>> take_steps(Context& context,
                                                   const std::vector<StepRequest>& steps,
                                                   const net::ConnectionOptions& line,
                                                   const std::optional<text::Pattern>& refused,
                                                   const text::Template& made_of,
                                                   text::Names& names, Token& token) {
  net::Origins own = net::Origins::of(names);
  Shown shown{.own = !token.cookies.empty()};  // by the form that these follow
  std::span<const StepRequest> later = steps;
  for (const auto& step : steps) {
    later = later.subspan(1);
    auto taking = take(context, step, line, refused, made_of, names, own, token, later, shown);
    auto wrong = co_await std::move(taking);
    if (wrong) co_return wrong;
  }
  co_return std::nullopt;
}

std::vector<std::string> captures_of(const std::vector<StepRequest>& steps) {
  std::vector<std::string> names;
  for (const auto& step : steps)
    for (const auto& [name, capture] : step.capture) names.push_back(name);
  return names;
}

void add_needs(const std::vector<StepRequest>& steps, text::Needs& needs) {
  for (const auto& step : steps) {
    needs.add_url(step.url);
    needs.add_headers(step.headers);
    needs.add(step.json);
    needs.add(step.form);
    needs.add(step.body);
  }
}

}  // namespace sonde::auth
