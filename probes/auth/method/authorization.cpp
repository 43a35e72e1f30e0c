#include "probes/auth/method/authorization.hpp"

#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/text/encode.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr int requests_max = 20;

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
text::Parameters handed_over(std::string_view location) {
  text::Parameters all;
  const std::size_t hash = std::min(location.find('#'), location.size());
  const std::size_t question = std::min(location.find('?'), hash);
  if (question < hash)
    all = text::read_parameters(location.substr(question + 1, hash - question - 1));
  if (hash < location.size()) all.merge(text::read_parameters(location.substr(hash + 1)));
  return all;
}

// Values that a provider issues in a redirect are secret, whether the redirect is right or not.
void hide_issued(const text::Parameters& parameters, Context& context) {
  for (const std::string_view name : {"code", "access_token", "id_token", "refresh_token"})
    if (const auto found = parameters.find(name); found != parameters.end())
      hide_issued(context, found->second);
}

// What was entered so far.
struct Entered {
  bool password = false;
  std::set<std::string> forms;  // URL and fields
  std::set<std::string> names;  // of entries
};

// The next step, or the end.
struct Hop {
  std::optional<net::Request> next;
  bool enters = false;                       // `next` carries what the user entered
  std::optional<text::Parameters> returned;  // to the client
};
using HopResult = std::expected<Hop, Failure>;

HopResult after_redirect(const net::Request& request, const net::Response& response,
                         const Authorization& asked) {
  const std::string* location = response.header("location");
  const auto to =
      location != nullptr ? net::resolve(request.url, *location) : std::unexpected(std::string());
  if (to && is_client(*to, asked))
    return Hop{.next = {}, .returned = text::read_parameters(query_of(*to))};
  auto next = net::follow(request, response);
  if (!next) return std::unexpected(next.error());
  // The redirect URI is never fetched.
  const text::Parameters parameters = handed_over(*location);
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
  const Page page = read_page(response);
  if (page.html.forms.empty())
    return std::unexpected(Failure{Reason::no_form, "a page on the way has no form"});
  const auto chosen = choose_form(page.html, asked.entries);
  if (!chosen) return std::unexpected(chosen.error());
  const text::Form* form = *chosen;
  const bool enters = matching(*form, asked.entries) > 0;
  // Also without a password field: such a form sends a new password, or registers.
  const Failure again{Reason::credentials, "the provider asks for the credentials again"};
  if (enters && entered.password) return std::unexpected(again);
  entered.password = entered.password || (enters && form->has_type("password"));
  const Entries typed = entries_to_type(*form, asked.entries, entered.names);
  auto next = fill(page, *form, typed, request.url, asked.own);
  if (!next) return std::unexpected(next.error());
  for (const auto& [name, value] : typed)
    if (form->field(name) != nullptr) entered.names.insert(name);
  // The user name is unknown, in a form that asks for the password later.
  const std::string key = form_key(*next, *form, asked.entries);
  if (enters && !entered.forms.insert(key).second) return std::unexpected(again);
  // response_mode=form_post: the page posts itself to the client.
  if (is_client(next->url, asked))
    return Hop{.next = {},
               .returned = text::read_parameters(
                   next->body.empty() ? query_of(next->url) : std::string_view(next->body))};
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
                          asks_again(answer.response, asked.entries);
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

std::expected<std::string, Failure> code_of(const text::Parameters& parameters,
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
  CountedRedirects hops;  // of the last form
};

// The result of one more request: where to continue, or the code.
struct Walked {
  Walk walk;
  bool enters = false;                       // the next request carries what the user entered
  std::expected<std::string, Failure> code;  // empty: it continues
};

// Makes the next request that of the walk, if the answer does not ask to show the entries again
// where that could harm the account.
std::optional<Failure> go_on(Context& context, Walked& walked, net::Request next,
                             net::Answer answer, LoginGuard::Trial& trial) {
  Walk& walk = walked.walk;
  if (walked.enters) walk.hops = CountedRedirects({}, context.names);
  walk.hops.sent(walk.request);
  net::Origins own = net::Origins::of(context.names);
  own.add(walk.request.url);
  const std::string session = walk.cookies.header(next.url, wall_now(), own);
  const bool repeats = net::is_redirect(answer.response.status);
  if (repeats && !walk.hops.may_send(next, session, &trial, answer, context.trace)) {
    trial.refuse();
    return std::move(answer.failure);
  }
  walk.request = std::move(next);
  return std::nullopt;
}

asio::awaitable<Walked> take_turn(Context& context, Walk walk, const Authorization& asked,
                                  const net::ConnectionOptions& line, LoginGuard::Trial& trial) {
  auto asking = ask(context, walk.request, line, {}, walk.cookies);
  const net::Answer answer = co_await std::move(asking);
  if (const std::string* location = answer.response.header("location")) {
    const text::Parameters parameters = handed_over(*location);
    hide_issued(parameters, context);
    // Wherever it leads: access_denied, login_failed.
    if (parameters.contains("error")) trial.refuse();
  }
  auto turned = turn(walk.request, answer, asked, walk.entered);
  Walked walked{.walk = std::move(walk), .code = ""};
  if (!turned) {
    walked.code = std::unexpected(std::move(turned.error()));
  } else if (turned->returned) {
    hide_issued(*turned->returned, context);
    if (turned->returned->contains("error")) trial.refuse();
    walked.code = code_of(*turned->returned, asked);
  } else {
    walked.enters = turned->enters;
    if (auto wrong = go_on(context, walked, *std::move(turned->next), answer, trial))
      walked.code = std::unexpected(*std::move(wrong));
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
