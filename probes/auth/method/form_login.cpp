#include "probes/auth/method/form_login.hpp"

#include <algorithm>
#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/method/form_explain.hpp"
#include "probes/auth/method/form_proof.hpp"
#include "probes/auth/refused.hpp"
#include "probes/auth/until_answered.hpp"
#include "probes/net/http/http_redirect.hpp"
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

std::optional<net::Url> target_of(const net::Request& request, const net::Response& answer) {
  const std::string* location = answer.header("location");
  if (!net::is_redirect(answer.status) || location == nullptr) return std::nullopt;
  auto url = net::resolve(request.url, *location);
  return url ? std::optional(std::move(*url)) : std::nullopt;
}

std::string page_path_of(const net::Url& url) { return url.target.substr(0, url.target.find('?')); }

// Whether the answer itself says so; the body of the last page is looked at elsewhere.
//
// A cookie that the page sets for every visitor proves nothing: it has to be new or changed, and
// is_logged_in then checks it. If a redirect or a page is required too, which is proof by itself,
// the cookie may be the earlier one.
bool succeeded(const FormLogin::Settings& settings, const net::Url& page,
               const std::optional<net::Url>& to, const net::Response& answer,
               const Cookies& before, const Cookies& cookies) {
  const FormSuccess& wanted = settings.success;
  if (answer.status >= 400) return false;
  if (wanted.empty())
    return to && page_path_of(*to) != page_path_of(page) && !cookies.changed_since(before).empty();
  if (wanted.redirect && !(to && wanted.redirect->found_in(to->text()))) return false;
  if (wanted.cookie.empty()) return true;
  const std::string* now = cookies.find(wanted.cookie);
  if (now == nullptr || wanted.redirect || wanted.body) return now != nullptr;
  const auto changed = cookies.changed_since(before);
  return std::ranges::find(changed, wanted.cookie) != changed.end();
}

// The answer to the entries shows that they were rejected: a code or `refused`, an error, or the
// same form again.
bool is_turned_away(const FormLogin::Settings& settings, const net::Response& first,
                    const net::Response& last, const Entries& entries) {
  return refused_credentials(first, settings.refused) ||
         refused_credentials(last, settings.refused) || asks_again(last, entries);
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

// The page at the end of the redirects; the answer itself if there are none. `request` becomes that
// of the page.
asio::awaitable<net::Answer> last_page(Context& context, net::Request& request, net::Answer answer,
                                       const net::ConnectionOptions& line, Cookies& cookies) {
  if (!answer.ok() || !net::is_redirect(answer.response.status)) co_return answer;
  auto next = net::follow(request, answer.response);
  if (!next) {
    answer.failure = {next.error().reason, context.trace.scrub(next.error().detail)};
    co_return answer;
  }
  request = *std::move(next);
  auto asking = ask(context, request, line, follow_all, cookies);
  net::Answer page = co_await std::move(asking);
  co_return page;
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

// Judges the answer to the form and the pages after it.
asio::awaitable<Result> judge_answer(Context& context, const FormLogin::Settings& settings,
                                     Filling form, net::Answer answer, const Cookies& before,
                                     LoginGuard::Trial& trial) {
  const auto skew = answer.response.skew;
  const Instant at = Clock::now();
  const auto to = target_of(form.request, answer.response);
  bool good = succeeded(settings, form.page, to, answer.response, before, form.cookies);
  // A redirect or a page that the user configured is sufficient proof.
  if (good && settings.success.redirect && !settings.success.body)
    co_return token_of(settings, std::move(form.cookies), skew, at);

  const net::Response first = answer.response;
  const Cookies after = form.cookies;
  auto walking = last_page(context, form.request, std::move(answer), settings.line, form.cookies);
  const net::Answer last = co_await std::move(walking);
  if (!last.ok() && !(good && !settings.success.body)) {
    if (!good) trial.refuse();
    co_return std::unexpected(last.failure);
  }
  const bool seemed_good = good;
  if (settings.success.body)
    good = good && settings.success.body->found_in(last.response.body);
  else
    good = good && !is_turned_away(settings, first, last.response, form.entries);
  const bool by_cookies = good && !settings.success.body;
  if (by_cookies) {
    const SentForm sent{form.opening,
                        form.request,
                        last,
                        form.entries,
                        before,
                        after,
                        form.cookies,
                        settings.success.cookie,
                        to};
    auto proving = is_logged_in(context, settings.line, sent);
    const auto proven = co_await std::move(proving);
    if (!proven) co_return std::unexpected(proven.error());
    good = *proven;
  }
  if (good) co_return token_of(settings, std::move(form.cookies), skew, at);
  const FormAnswer seen{first, last.response, before, after, by_cookies && seemed_good};
  Failure failure = explain_form(settings, seen, form.entries);
  trial.judge(last.response.status, failure.reason);
  // The credentials may have been rejected although other cookies came, such as a new CSRF token.
  if (failure.reason == Reason::no_session && lost_session(settings.success, seen).empty())
    trial.refuse();
  failure.detail = context.trace.scrub(failure.detail);
  co_return std::unexpected(std::move(failure));
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
                "it does not say what a login that succeeded looks like, so Sonde judges by a new "
                "cookie, a redirect and a visit without the login; name a cookie, a redirect or a "
                "text of the page in 'success'");
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
               "The address that the answer redirects to matches this.")
          .key(
              "cookie", &FormSuccess::cookie,
              "This cookie is set; its value is {{token}}. Where nothing else is written here, it "
              "is new, or has another value than before and a visitor without the login is treated "
              "otherwise.")
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
          .key("success", &S::success,
               "What says that the login succeeded; without it, a redirect to another path, a "
               "cookie that is new or has another value, and that a visitor without the login is "
               "treated otherwise.")
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
