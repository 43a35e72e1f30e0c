#include "probes/auth/method/authorization.hpp"

#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr int requests_max = 20;

std::string decode(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() ? digits.find(static_cast<char>(text[i + 1] | 0x20)) : 16;
    const auto low = i + 2 < text.size() ? digits.find(static_cast<char>(text[i + 2] | 0x20)) : 16;
    if (text[i] == '%' && high < 16 && low < 16) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string_view path_of(const net::Url& url) {
  return std::string_view(url.target).substr(0, url.target.find('?'));
}

std::string_view query_of(const net::Url& url) {
  const std::size_t question = url.target.find('?');
  return question == url.target.npos ? "" : std::string_view(url.target).substr(question + 1);
}

bool is_client(const net::Url& url, const Authorization& asked) {
  const net::Url& wanted = asked.redirect_to;
  return url.scheme == wanted.scheme && url.host == wanted.host && url.port == wanted.port &&
         path_of(url) == path_of(wanted);
}

// The parameters in a redirect's query and fragment (RFC 6749 section 4.2.2).
Parameters handed_over(std::string_view location) {
  Parameters all;
  const std::size_t hash = std::min(location.find('#'), location.size());
  const std::size_t question = std::min(location.find('?'), hash);
  if (question < hash) all = read_parameters(location.substr(question + 1, hash - question - 1));
  if (hash < location.size()) all.merge(read_parameters(location.substr(hash + 1)));
  return all;
}

// Values that a provider issues in a redirect are secret, whether the redirect is right or not.
void hide_issued(const Parameters& parameters, Trace& trace) {
  for (const std::string_view name : {"code", "access_token", "id_token", "refresh_token"})
    if (const auto found = parameters.find(name); found != parameters.end())
      hide(trace, found->second);
}

// What was entered so far.
struct Entered {
  bool password = false;
  std::set<std::string> forms;  // URL and fields
};

// The next step, or the end.
struct Hop {
  std::optional<net::Request> next;
  bool enters = false;                 // `next` carries what the user entered
  std::optional<Parameters> returned;  // to the client
};
using HopResult = std::expected<Hop, Failure>;

HopResult after_redirect(const net::Request& request, const net::Response& response,
                         const Authorization& asked) {
  const std::string* location = response.header("location");
  const auto to =
      location != nullptr ? net::resolve(request.url, *location) : std::unexpected(std::string());
  if (to && is_client(*to, asked))
    return Hop{.next = {}, .returned = read_parameters(query_of(*to))};
  auto next = net::follow(request, response);
  if (!next) return std::unexpected(next.error());
  // The redirect URI is never fetched.
  const Parameters parameters = handed_over(*location);
  const auto state = parameters.find("state");
  const bool over = parameters.contains("code") || parameters.contains("error");
  if (over && state != parameters.end() && state->second == asked.state) {
    const net::Url& to_other = next->url;
    return std::unexpected(Failure{
        Reason::bad_callback, "the provider returns to " + net::origin_key(to_other) +
                                  std::string(path_of(to_other)) + ", which is not redirect_uri"});
  }
  return Hop{.next = std::move(*next), .returned = {}};
}

// Identifies a form by its URL and the fields filled in.
std::string form_key(const net::Request& filled, const text::Form& form, const Entries& entries) {
  std::string key = net::origin_key(filled.url) + std::string(path_of(filled.url));
  for (const auto& [name, value] : entries)
    if (form.field(name) != nullptr) key += " " + name;
  return key;
}

HopResult after_page(const net::Request& request, const net::Response& response,
                     const Authorization& asked, Entered& entered) {
  const text::Html page = text::parse_html(response.body);
  const text::Form* form = choose_form(page, asked.entries);
  if (form == nullptr)
    return std::unexpected(Failure{Reason::no_form, "a page on the way has no form"});
  const bool enters = matching(*form, asked.entries) > 0;
  // Also without a password field: such a form sends a new password, or registers.
  const Failure again{Reason::credentials, "the provider asks for the credentials again"};
  if (enters && entered.password) return std::unexpected(again);
  entered.password = entered.password || (enters && form->has_type("password"));
  auto next = fill(page, *form, asked.entries, request.url, asked.own);
  if (!next) return std::unexpected(next.error());
  // The user name is unknown, in a form that asks for the password later.
  const std::string key = form_key(*next, *form, asked.entries);
  if (enters && !entered.forms.insert(key).second) return std::unexpected(again);
  // response_mode=form_post: the page posts itself to the client.
  if (is_client(next->url, asked))
    return Hop{.next = {},
               .returned = read_parameters(next->body.empty() ? query_of(next->url)
                                                              : std::string_view(next->body))};
  return Hop{.next = std::move(*next), .enters = enters, .returned = {}};
}

Failure by_status(const net::Response& response, bool entered) {
  const std::string what = net::describe(response);
  if (response.status == 401 && entered) return {Reason::credentials, what};
  if (response.status == 403) return {Reason::forbidden, what};
  if (response.status == 423) return {Reason::account_locked, what};
  if (response.status == 400) return {Reason::authorization_refused, what};
  return {net::reason_of(response), what};
}

HopResult turn(const net::Request& request, const net::Answer& answer, const Authorization& asked,
               Entered& entered) {
  if (!answer.ok()) return std::unexpected(answer.failure);
  if (entered.password)
    if (auto why = refused_credentials(answer.response, asked.refused))
      return std::unexpected(*std::move(why));
  if (net::is_redirect(answer.response.status))
    return after_redirect(request, answer.response, asked);
  const bool form_again = answer.response.status >= 400 && entered.password &&
                          asks_again(text::parse_html(answer.response.body), asked.entries);
  if (answer.response.status == 200 || form_again)
    return after_page(request, answer.response, asked, entered);
  return std::unexpected(by_status(answer.response, entered.password));
}

// Reports how a sequence with the user's entries ended: a page without a form, or an error at the
// redirect URI, may be a rejection too.
void judge_trial(LoginGuard::Trial& trial, const net::Answer& answer, Reason reason) {
  using enum Reason;
  trial.judge(answer.status, reason);
  const bool turned_away = reason == no_form || reason == authorization_refused;
  if (turned_away && answer.response.status < 500) trial.refuse();
}

}  // namespace

Parameters read_parameters(std::string_view encoded) {
  Parameters all;
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    all.emplace(decode(pair.substr(0, equals)),
                decode(pair.substr(std::min(equals + 1, pair.size()))));
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
  }
  return all;
}

std::expected<std::string, Failure> code_of(const Parameters& parameters,
                                            const Authorization& asked) {
  auto value = [&](std::string_view name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
  };
  auto bad = [](const std::string& what) {
    return std::unexpected(Failure{Reason::bad_callback, "the redirect to the client " + what});
  };
  if (value("state") != asked.state) return bad("does not have the state that was sent");
  const std::string issuer = value("iss");
  if (issuer.empty() && asked.states_issuer) return bad("has no iss, though one is promised");
  if (!issuer.empty() && issuer != asked.issuer)
    return bad("has the iss \"" + issuer + "\", wanted \"" + asked.issuer + "\"");
  if (const std::string error = value("error"); !error.empty())
    return std::unexpected(
        Failure{Reason::authorization_refused, error + " " + value("error_description")});
  std::string code = value("code");
  if (code.empty()) return bad("has no code");
  return code;
}

namespace {

// The state between the authorization request and the redirect URI.
struct Walk {
  net::Request request;
  Cookies cookies = {};
  Entered entered = {};
};

// The result of one more request: where to continue, or the code.
struct Walked {
  Walk walk;
  bool enters = false;                       // the next request carries what the user entered
  std::expected<std::string, Failure> code;  // empty: it continues
};

asio::awaitable<Walked> take_turn(Context& context, Walk walk, const Authorization& asked,
                                  const net::ConnectionOptions& line, LoginGuard::Trial& trial) {
  auto asking = ask(context, walk.request, line, {}, walk.cookies);
  const net::Answer answer = co_await std::move(asking);
  if (const std::string* location = answer.response.header("location")) {
    const Parameters parameters = handed_over(*location);
    hide_issued(parameters, context.trace);
    // Wherever it leads: access_denied, login_failed.
    if (parameters.contains("error")) trial.refuse();
  }
  auto turned = turn(walk.request, answer, asked, walk.entered);
  Walked walked{.walk = std::move(walk), .code = ""};
  if (!turned) {
    walked.code = std::unexpected(std::move(turned.error()));
  } else if (turned->returned) {
    hide_issued(*turned->returned, context.trace);
    if (turned->returned->contains("error")) trial.refuse();
    walked.code = code_of(*turned->returned, asked);
  } else {
    walked.enters = turned->enters;
    walked.walk.request = *std::move(turned->next);
  }
  judge_trial(trial, answer, walked.code ? Reason::ok : walked.code.error().reason);
  if (!walked.code) walked.code.error().detail = context.trace.scrub(walked.code.error().detail);
  co_return walked;
}

// For a request with the user's entries, or one that follows it: its answer counts even if the run
// is cancelled before.
asio::awaitable<std::optional<Walked>> take_counted_turn(Context& context, const Walk& walk,
                                                         const Authorization& asked,
                                                         const net::ConnectionOptions& line,
                                                         LoginGuard::Trial& trial) {
  auto taking = [walk, asked, line](Context& own, LoginGuard::Trial& counted) {
    return take_turn(own, walk, asked, line, counted);
  };
  auto doing = until_answered<Walked>(context, trial, std::move(taking));
  auto walked = co_await std::move(doing);
  co_return walked;
}

asio::awaitable<std::optional<Walked>> take_uncounted_turn(Context& context, const Walk& walk,
                                                           const Authorization& asked,
                                                           const net::ConnectionOptions& line) {
  LoginGuard::Trial none;
  auto taking = take_turn(context, walk, asked, line, none);
  auto walked = co_await std::move(taking);
  co_return walked;
}

}  // namespace

asio::awaitable<std::expected<std::string, Failure>> authorize(Context& context,
                                                               const Authorization& asked,
                                                               const net::ConnectionOptions& line) {
  Walk walk{
      .request = {.method = "GET", .url = asked.start, .headers = {}, .body = {}},
  };
  bool enters = false;
  std::optional<LoginGuard::Trial> trial;  // from an entry to the next one, or to the end
  for (int count = 0; count < requests_max; ++count) {
    if (enters) {
      trial.reset();
      auto beginning = begin_trial(context);
      auto begun = co_await std::move(beginning);
      if (!begun) co_return std::unexpected(std::move(begun.error()));
      trial.emplace(*std::move(begun));
    }
    auto taking = trial ? take_counted_turn(context, walk, asked, line, *trial)
                        : take_uncounted_turn(context, walk, asked, line);
    auto walked = co_await std::move(taking);
    if (!walked) co_return std::unexpected(cut_failure());
    if (!walked->code || !walked->code->empty()) co_return std::move(walked->code);
    enters = walked->enters;
    walk = std::move(walked->walk);
  }
  if (trial) trial->refuse();
  co_return std::unexpected(
      Failure{Reason::no_session, "20 requests did not lead back to the client"});
}

}  // namespace sonde::auth
