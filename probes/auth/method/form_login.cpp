#include "probes/auth/method/form_login.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/method/form_address.hpp"
#include "probes/auth/method/form_explain.hpp"
#include "probes/auth/method/form_proof.hpp"
#include "probes/auth/method/form_way.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/http/status.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects follow_all{.follow = true, .max = 10};
constexpr int pages_max = 5;  // that ask for a part of the entries each

// A form that is filled in: its request, and the entries that it takes.
struct Filled {
  net::Request request;
  std::set<std::string> names;
};
using FilledOr = std::expected<Filled, Failure>;

// Fills in the form of a page. `entered`: what earlier pages took. A form that takes only a part of
// the entries is the first of several pages, if it asks for no password.
FilledOr fill_page(const net::Request& request, const net::Answer& answer, const Entries& entries,
                   const std::set<std::string>& entered, const net::Origins& own,
                   const Trace& trace) {
  if (!answer.ok()) return std::unexpected(answer.failure);
  if (answer.response.status != 200)
    return std::unexpected(Failure{net::reason_of(answer.response),
                                   "the page: " + trace.scrub(net::describe(answer.response))});
  const Page page = read_page(answer.response);
  const auto lacks = [&] {
    return std::unexpected(
        Failure{Reason::no_form, trace.scrub("the page has " + describe(page.html))});
  };
  Entries left = entries;
  std::erase_if(left, [&](const auto& entry) { return entered.contains(entry.first); });
  const auto chosen = choose_form(page.html, left);
  if (!chosen && page.html.forms.empty()) return lacks();
  if (!chosen)
    return std::unexpected(Failure{chosen.error().reason, trace.scrub(chosen.error().detail)});
  const text::Form& form = **chosen;
  const std::size_t count = matching(form, left);
  const bool asks_password = form.has_type("password");
  if (count == 0 || (count < left.size() && asks_password)) return lacks();
  const Entries typed = entries_to_type(form, entries, entered);
  auto filled = fill(page, form, typed, request.url, own);
  if (!filled) return std::unexpected(std::move(filled.error()));
  Filled all{.request = *std::move(filled), .names = {}};
  for (const auto& [name, value] : typed)
    if (form.field(name) != nullptr) all.names.insert(name);
  return all;
}

// Whether the answer may be that of a success; the body of the last page is looked at elsewhere.
// Cookies prove nothing, whether they are new or stay as they are: prove_login does. If a redirect
// or a page is wanted, that is proof by itself.
bool may_have_succeeded(const FormLogin::Settings& settings, const net::Url& page,
                        const std::optional<net::Url>& to, const net::Response& answer,
                        const Cookies& cookies) {
  const FormSuccess& wanted = settings.success;
  if (answer.status >= 400) return false;
  if (wanted.empty()) return !cookies.empty();
  if (wanted.redirect &&
      !(to && is_wanted_redirect(*wanted.redirect, *to, fragment_of(answer), page)))
    return false;
  return wanted.cookie.empty() || cookies.find(wanted.cookie) != nullptr;
}

// The answer to the entries shows that they were rejected: a code or `refused`, an error, or the
// same form again.
bool is_turned_away(const FormLogin::Settings& settings, const net::Response& first,
                    const net::Response& last, const Entries& entries) {
  return refused_credentials(first, settings.refused) ||
         refused_credentials(last, settings.refused) || asks_again(last, entries);
}

bool is_configured(const FormSuccess& wanted) { return wanted.redirect || wanted.body; }

// Whether the page that an answer leads to bears out that the login succeeded. A redirect or a page
// that the user configured is proof by itself, if users get there.
bool is_borne_out(const FormLogin::Settings& settings, const net::Response& first,
                  const net::Response& last, const Entries& entries) {
  const FormSuccess& wanted = settings.success;
  if (is_configured(wanted) && last.status >= 400) return false;
  if (wanted.body) return wanted.body->found_in(last.body) && !asks_again(last, entries);
  return !is_turned_away(settings, first, last, entries);
}

// `at`: when the answer to the form came.
Token token_of(const FormLogin::Settings& settings, Cookies cookies, std::optional<Span> skew,
               Instant at) {
  Token token{.skew = skew, .at = at};
  const std::string& name = settings.success.cookie;
  for (const auto& cookie : cookies.all()) {
    if (name.empty() || cookie.name != name) continue;
    token.value = cookie.value;
    if (cookie.expires) token.lifetime = *cookie.expires - wall_now();
  }
  if (settings.lifetime > Span{}) token.lifetime = settings.lifetime;
  token.cookies = std::move(cookies);
  return token;
}

Token on_trust(Token token) {
  token.on_trust = true;
  return token;
}

// A form that is filled in.
struct Filling {
  net::Request opening;  // for the page, as first requested
  net::Url page;         // its URL after redirects
  net::Request request;
  Entries entries;
  std::set<std::string> entered;  // the names of those that are entered with this request
  net::Origins own;
  Cookies cookies;
};

using Result = std::expected<Token, Failure>;

// Why the form gave no session; counts it as a refusal unless the session was lost on its way.
Failure explain_no_session(const FormLogin::Settings& settings, const FormAnswer& seen,
                           const Filling& form, const std::optional<net::Url>& to,
                           LoginGuard::Trial& trial) {
  Failure failure = explain_form(settings, seen, form.entries);
  const bool other = failure.reason == Reason::csrf || failure.reason == Reason::account_locked;
  const LostSession lost =
      other ? LostSession() : session_lost_on_the_way(settings, seen, form.page, to);
  if (!lost.why.empty())
    failure = {Reason::no_session, net::describe(seen.answer) + "; " + lost.why};
  if (lost.sure) return failure;
  trial.judge(seen.page.status, failure.reason);
  // The credentials may have been rejected although other cookies came, such as a new CSRF token.
  if (failure.reason == Reason::no_session || speaks_of_credentials(seen.page)) trial.refuse();
  return failure;
}

// Whether nothing but the lack of a proof, or a page that is not there, speaks against the login.
bool is_open(const FormLogin::Settings& settings, const FormAnswer& seen, const LoginProof& proof,
             const Failure& failure, const Filling& form, const std::optional<net::Url>& to) {
  if (failure.reason != Reason::no_session && failure.reason != Reason::no_route) return false;
  return !proof.refused && !keeps_named(settings, seen) &&
         session_lost_on_the_way(settings, seen, form.page, to).why.empty();
}

// Judges the answer to the form and the pages after it.
asio::awaitable<Result> judge_answer(Context& context, const FormLogin::Settings& settings,
                                     Filling form, net::Answer answer, const Cookies& before,
                                     LoginGuard::Trial& trial) {
  const auto skew = answer.response.skew;
  const Instant at = Clock::now();
  const auto to = target_of(form.request, answer.response);
  bool good = may_have_succeeded(settings, form.page, to, answer.response, form.cookies);
  const bool by_redirect = good && settings.success.redirect && !settings.success.body;
  const net::Response first = answer.response;
  const Cookies after = form.cookies;
  // A matching redirect proves the login unless the form comes back, and it comes at once: what
  // else is on the page may be long, or a stream.
  if (by_redirect) context.start_wait = std::chrono::seconds(2);
  auto walking = last_page(context, form.request, std::move(answer), settings.line, form.cookies);
  const net::Answer last = co_await std::move(walking);
  context.start_wait.reset();
  // What is behind it at another origin is not judged, because it gets no session.
  if (by_redirect && !form.own.has(form.request.url))
    co_return on_trust(token_of(settings, std::move(form.cookies), skew, at));
  if (!last.ok() && !(good && !is_configured(settings.success))) {
    if (!good) trial.refuse();
    co_return std::unexpected(last.failure);
  }
  good = good && is_borne_out(settings, first, last.response, form.entries);
  const bool by_cookies = good && !is_configured(settings.success);
  LoginProof proof{.kind = LoginProof::Kind::proven, .seen = {}, .cookies = form.cookies};
  if (by_cookies) {
    const SentForm sent{form.opening,
                        form.request,
                        last,
                        form.entries,
                        form.page,
                        before,
                        after,
                        form.cookies,
                        settings.success.cookie,
                        to};
    auto proving = prove_login(context, settings.line, sent);
    auto proven = co_await std::move(proving);
    if (!proven) co_return std::unexpected(std::move(proven.error()));
    proof = *std::move(proven);
    good = proof.kind != LoginProof::Kind::none;
  }
  const FormAnswer seen{first, last.response, before, after, by_cookies ? proof.seen : ""};
  Failure failure;
  if (!good) failure = explain_no_session(settings, seen, form, to, trial);
  const bool unclear = !good && by_cookies && is_open(settings, seen, proof, failure, form, to);
  if (!good && by_redirect)
    failure.detail = "the login leads to " + page_path_of(form.request.url) + ": " + failure.detail;
  if (!good && !unclear) {
    failure.detail = context.trace.scrub(failure.detail);
    co_return std::unexpected(std::move(failure));
  }
  // A server may renew the session with each answer, and forget the one before.
  Token token = token_of(settings, std::move(proof.cookies), skew, at);
  token.on_trust = !by_cookies;
  if (proof.kind == LoginProof::Kind::proven) co_return token;
  token.unproven = context.trace.scrub(explain_unproven(first, proof));
  trial.refuse();  // if it was refused, the account is locked by going on
  co_return token;
}

// Why the page after a part of the entries does not ask for the rest.
Failure explain_page(const FormLogin::Settings& settings, const net::Answer& page,
                     const Filling& form, Failure failure) {
  if (!page.ok()) return failure;
  if (auto why = refused_credentials(page.response, settings.refused)) return *std::move(why);
  std::string names;
  Entries asked;
  for (const std::string& name : form.entered) {
    names += (names.empty() ? "" : ", ") + name;
    asked[name] = form.entries.at(name);
  }
  const bool again = page.response.status < 500 && asks_again(page.response, asked);
  if (again) failure.detail = net::describe(page.response) + ", and the page asks for it again";
  if (again || page.response.status == 401) failure.reason = Reason::credentials;
  failure.detail = "after " + names + ": " + failure.detail;
  return failure;
}

// Sends the forms that ask for a part of the entries each, up to the one that asks for the last of
// them, which is returned unsent.
asio::awaitable<std::expected<Filling, Failure>> enter_parts(Context& context,
                                                             const FormLogin::Settings& settings,
                                                             Filling form,
                                                             LoginGuard::Trial& trial) {
  for (int count = 1; form.entered.size() < form.entries.size(); ++count) {
    auto posting = ask(context, form.request, settings.line, follow_all, form.cookies);
    const net::Answer page = co_await std::move(posting);
    trial.judge(page.status, page.failure.reason);
    auto filled =
        fill_page(form.request, page, form.entries, form.entered, form.own, context.trace);
    if (filled && count == pages_max)
      filled = std::unexpected(
          Failure{Reason::no_form, "after 5 pages there is one more that asks for a part"});
    if (!filled) {
      Failure why = explain_page(settings, page, form, std::move(filled.error()));
      // The name may have been refused, too.
      if (page.ok() && page.response.status < 500) trial.refuse();
      why.detail = context.trace.scrub(why.detail);
      co_return std::unexpected(std::move(why));
    }
    form.page = form.request.url;
    form.request = std::move(filled->request);
    form.entered.merge(filled->names);
  }
  co_return form;
}

asio::awaitable<Result> submit(Context& context, const FormLogin::Settings& settings, Filling first,
                               LoginGuard::Trial& trial) {
  auto entering = enter_parts(context, settings, std::move(first), trial);
  auto entered = co_await std::move(entering);
  if (!entered) co_return std::unexpected(std::move(entered.error()));
  Filling form = *std::move(entered);
  const Cookies before = form.cookies;
  auto posting = ask(context, form.request, settings.line, {}, form.cookies);
  net::Answer answer = co_await std::move(posting);
  trial.judge(answer.status, answer.failure.reason);
  if (!answer.ok() && may_refuse(answer)) trial.refuse();
  if (!answer.ok()) co_return std::unexpected(answer.failure);
  auto judging = judge_answer(context, settings, std::move(form), std::move(answer), before, trial);
  auto token = co_await std::move(judging);
  co_return token;
}

}  // namespace

asio::awaitable<std::expected<Token, Failure>> FormLogin::fill_in(Context& context) const {
  auto entries = render_entries(settings_.fields, context.names);
  if (!entries) co_return std::unexpected(entries.error());
  auto request = build_request("login", "GET", settings_.url, settings_.headers, context.names);
  if (!request) co_return std::unexpected(request.error());
  net::Origins own = net::Origins::of(context.names);
  own.add(request->url);
  Cookies cookies;
  const net::Request opening = *request;
  auto asking = ask(context, *request, settings_.line, follow_all, cookies);
  const net::Answer opened = co_await std::move(asking);
  auto filled = fill_page(*request, opened, *entries, {}, own, context.trace);
  if (!filled) co_return std::unexpected(filled.error());
  auto beginning = begin_trial(context);
  auto trial = co_await std::move(beginning);
  if (!trial) co_return std::unexpected(std::move(trial.error()));
  const Filling form{opening,
                     request->url,
                     std::move(filled->request),
                     *std::move(entries),
                     std::move(filled->names),
                     std::move(own),
                     std::move(cookies)};
  auto doing = [settings = settings_, form](Context& detached, LoginGuard::Trial& counted) {
    return submit(detached, settings, form, counted);
  };
  auto submitting = until_answered<Result>(context, *trial, std::move(doing));
  auto token = co_await std::move(submitting);
  co_return token ? *std::move(token) : std::unexpected(cut_failure());
}

asio::awaitable<std::expected<Token, Failure>> FormLogin::run(Context& context) const {
  auto filling = fill_in(context);
  auto token = co_await std::move(filling);
  if (!token || settings_.then.empty()) co_return token;
  text::Names names = context.names;  // captured values are visible only in this login
  const text::Template cookie_alone;  // no captured value is the token
  auto taking = take_steps(context, settings_.then, settings_.line, settings_.refused, cookie_alone,
                           names, *token);
  auto wrong = co_await std::move(taking);
  if (wrong) co_return std::unexpected(*std::move(wrong));
  co_return token;
}

bool check(const FormLogin::Settings& settings, const config::Value& value,
           const config::Reader& reader) {
  if (settings.success.empty())
    reader.warn(value.place,
                "it does not say what a login that succeeded looks like, so Sonde looks for a page "
                "that names the user and treats a visitor otherwise; where there is none, no login "
                "probe passes (login_unproven), so name a redirect or a text of the page in "
                "'success'");
  return check(settings.then, value, reader);
}

void FormLogin::needs(text::Needs& needs) const {
  needs.add_url(settings_.url);
  needs.add_values(settings_.fields);
  needs.add_headers(settings_.headers);
  text::Needs later;
  add_needs(settings_.then, later);
  const auto captured = gives();
  needs.add_but(std::move(later), [&](const std::string& name) {
    return std::ranges::find(captured, name) != captured.end();
  });
}

const config::Section<FormSuccess>& section_of(const FormSuccess*) {
  static const auto keys =
      config::Section<FormSuccess>()
          .key("redirect", &FormSuccess::redirect,
               "The address that the answer redirects to matches this, and the page there is no "
               "error.")
          .key("cookie", &FormSuccess::cookie,
               "This cookie is set; its value is {{token}}. Where nothing else is written here, a "
               "page has to name the user and to treat a visitor otherwise.")
          .key("body", &FormSuccess::body, "The page where the redirects end matches this.");
  return keys;
}

const config::Section<FormLogin::Settings>& section_of(const FormLogin::Settings*) {
  using S = FormLogin::Settings;
  static const auto keys =
      config::Section<S>()
          .key("url", &S::url, "The page with the form.", {.required = true, .filled = true})
          .key("fields", &S::fields,
               "What is entered, by the names of the form's fields; a button that is named here is "
               "the one that is pressed.")
          .key("headers", &S::headers, "Further headers of the request for the page.")
          .key(
              "success", &S::success,
              "What says that the login succeeded; without it, a page that names the user and that "
              "a visitor gets otherwise. Where no page does, the run is login_unproven.")
          .key("refused", &S::refused,
               "A page or an answer that matches this refuses the credentials.")
          .key("csrf_error", &S::csrf_error, "A page that matches this refuses the CSRF token.")
          .key("lifetime", &S::lifetime, "How long the session lives, if its cookie does not say.",
               {.min = 0, .max = 31536000})
          .key("then", &S::then,
               "Requests that follow with the cookies, with captures as `steps` has them.",
               {.max = 20})
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

}  // namespace sonde::auth
