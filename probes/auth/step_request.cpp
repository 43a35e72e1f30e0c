#include "probes/auth/step_request.hpp"

#include <algorithm>

#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/refused.hpp"
#include "probes/net/origins.hpp"
#include "probes/net/said.hpp"
#include "probes/net/status.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr std::size_t captured_max = 16 * 1024;

std::unexpected<Failure> own_step(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "login " + what + ": " + why});
}

bool is_wanted(const StepRequest& step, int status) {
  if (step.status.empty()) return status >= 200 && status < 300;
  return std::ranges::find(step.status, status) != step.status.end();
}

std::expected<net::Request, Failure> build(const StepRequest& step, text::Names& names) {
  auto request = build_request("login", step.method, step.url, step.headers, names);
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
  if (!body) return own_step("body", body.error());
  request->body = std::move(*body);
  if (!type.empty()) request->headers.emplace_back("Content-Type", type);
  return request;
}

// Why an answer stops the login, if it does.
std::optional<Failure> judge(const StepRequest& step, const net::Answer& answer,
                             const std::optional<text::Pattern>& refused) {
  if (!answer.ok()) return answer.failure;
  if (is_wanted(step, answer.response.status)) {
    // Without captures nothing else tells a yes from a no.
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

// What a capture that finds nothing means: a page where JSON is wanted, or a refusal.
Failure lacking(const net::Url& url, const std::string& name, const Capture& capture,
                const net::Response& response, const std::optional<text::Pattern>& refused) {
  if (auto why = refused_credentials(response, refused)) return *std::move(why);
  if (capture.json && net::is_page(response))
    return {Reason::spa_fallback, "a page (text/html) answers instead of the login"};
  Failure failure{Reason::answer_incomplete,
                  "the answer of " + without_query(url) + " lacks '" + name + "'"};
  const std::string said = net::said_error(response);
  if (!said.empty()) failure.detail += "; it says: " + said;
  return failure;
}

bool names_any(const StepRequest& step, bool (*wanted)(std::string_view name)) {
  text::Needs needs;
  add_needs({step}, needs);
  return std::ranges::any_of(needs.all, [&](const auto& need) { return wanted(need.name); });
}

// Whether a request shows who logs in: it holds more than where the target is.
bool carries_credentials(const StepRequest& step) {
  return names_any(step, [](std::string_view name) { return !name.starts_with("target."); });
}

// Whether it shows the user's own, and not only what an answer gave.
bool carries_own(const StepRequest& step) {
  return names_any(step, [](std::string_view name) { return name.starts_with("identity."); });
}

// What came of a request that carried credentials and stopped the login.
void judge_trial(LoginGuard::Trial& trial, const StepRequest& step, const net::Request& last,
                 const net::Answer& answer, const Failure& wrong) {
  trial.judge(answer.response.status, wrong.reason);
  const bool moved = last.method != step.method;  // by a redirect that was followed
  if (answer.ok() && carries_own(step) && (moved || may_refuse(answer.response))) trial.refuse();
}

std::optional<Failure> capture_all(const StepRequest& step, const net::Url& url,
                                   const net::Response& response,
                                   const std::optional<text::Pattern>& refused, Token& token,
                                   text::Names& names, Trace& trace) {
  for (const auto& [name, capture] : step.capture) {
    auto found = find(capture, response, token.cookies);
    if (!found || found->empty()) return lacking(url, name, capture, response, refused);
    if (found->size() > captured_max)
      return Failure{Reason::answer_incomplete, "'" + name + "' is longer than 16 KB"};
    hide(trace, *found);
    names.set(name, *found);
    token.named.emplace_back(name, std::move(*found));
  }
  return std::nullopt;
}

std::vector<std::string> captured_by(const Token& token) {
  std::vector<std::string> names;
  names.reserve(token.named.size());
  for (const auto& [name, value] : token.named) names.push_back(name);
  return names;
}

// What an answer names gets the login's secrets only where the configuration sends them too.
std::optional<Failure> check_origin(const StepRequest& step, const net::Url& url,
                                    const Token& token, net::Origins& own) {
  if (net::is_configured(step.url, captured_by(token))) own.add(url);
  if (own.has(url)) return std::nullopt;
  return Failure{Reason::redirected,
                 "a request of the login leads to another origin: " + net::no_own_origin(url)};
}

bool captures_any(const StepRequest& step, const text::Template& of) {
  return std::ranges::any_of(
      of.names(), [&](const auto& name) { return step.capture.contains(std::string(name)); });
}

asio::awaitable<std::optional<Failure>> take(Context& context, const StepRequest& step,
                                             const net::Line& line,
                                             const std::optional<text::Pattern>& refused,
                                             const text::Template& made_of, text::Names& names,
                                             net::Origins& own, Token& token) {
  auto request = build(step, names);
  if (!request) co_return request.error();
  if (auto elsewhere = check_origin(step, request->url, token, own)) co_return elsewhere;
  std::optional<LoginGuard::Trial> trial;
  if (carries_credentials(step)) {
    auto beginning = begin_trial(context);
    auto begun = co_await std::move(beginning);
    if (!begun) co_return begun.error();
    trial.emplace(*std::move(begun));
  }
  auto asking = ask(context, *request, line, step.redirects, token.cookies);
  const net::Answer answer = co_await std::move(asking);
  const Instant at = Clock::now();
  auto wrong = judge(step, answer, refused);
  if (!wrong)
    wrong = capture_all(step, request->url, answer.response, refused, token, names, context.trace);
  if (captures_any(step, made_of)) {
    token.skew = answer.response.skew;
    token.at = at;
  }
  if (wrong && trial) judge_trial(*trial, step, *request, answer, *wrong);
  if (wrong) wrong->detail = context.trace.scrub(wrong->detail);
  co_return wrong;
}

}  // namespace

std::optional<std::string> find(const Capture& capture, const net::Response& response,
                                const Cookies& cookies) {
  if (capture.json) {
    const auto document = text::Document::parse(response.body);
    const text::Json found = document ? capture.json->at(document->root()) : text::Json();
    if (!found || found.kind() == text::Json::Kind::null) return std::nullopt;
    return found.text();
  }
  const std::string* value = nullptr;
  if (!capture.header.empty()) value = response.header(capture.header);
  if (!capture.cookie.empty()) value = cookies.find(capture.cookie);
  const bool in_body = capture.header.empty() && capture.cookie.empty();
  if (in_body) value = &response.body;
  if (value == nullptr || !capture.body) return value ? std::optional(*value) : std::nullopt;
  const auto groups = capture.body->groups(*value);
  if (groups.empty()) return std::nullopt;
  return groups.size() > 1 ? groups[1] : groups[0];
}

asio::awaitable<std::optional<Failure>> take_steps(Context& context,
                                                   const std::vector<StepRequest>& steps,
                                                   const net::Line& line,
                                                   const std::optional<text::Pattern>& refused,
                                                   const text::Template& made_of,
                                                   text::Names& names, Token& token) {
  net::Origins own = net::Origins::of(names);
  for (const auto& step : steps) {
    auto taking = take(context, step, line, refused, made_of, names, own, token);
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
    needs.add_values(step.headers);
    needs.add(step.json);
    needs.add(step.form);
    needs.add(step.body);
  }
}

}  // namespace sonde::auth
