#include "probes/auth/method/form_explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/auth/refused.hpp"
#include "probes/net/http/status.hpp"

namespace sonde::auth {
namespace {

// The messages of frameworks for a rejected CSRF token: Tornado, Django, Rails, Spring, Laravel.
const text::Pattern& usual_csrf_error() {
  static const text::Pattern pattern =
      *text::Pattern::parse("(?i)csrf|xsrf|forgery|authenticity.?token|page expired");
  return pattern;
}

constexpr std::string_view advice =
    "write in success which redirect or page only a user who is logged in gets";

bool may_be_csrf(int status) { return status == 400 || status == 403 || status == 422; }

std::string wanted_of(const FormSuccess& success) {
  if (success.empty()) return "a cookie, and a page that names the user";
  std::string all;
  if (success.redirect) all += ", a redirect to " + success.redirect->text();
  if (!success.cookie.empty()) all += ", the cookie " + success.cookie;
  if (success.body) all += ", a page with " + success.body->text();
  return all.substr(2);
}

// Says that every visitor gets the session's cookie; empty: not so.
std::string kept_session(const FormLogin::Settings& settings, const FormAnswer& seen) {
  if (!keeps_named(settings, seen)) return "";
  return "; the page had set " + settings.success.cookie +
         " before, and the answer left it as it was, which is no login";
}

// Frameworks keep a message for the next page in a cookie of its own, also after a refused login.
bool is_session(const Cookie& cookie, const FormSuccess& success) {
  constexpr std::size_t shortest = 8;
  static const text::Pattern other =
      *text::Pattern::parse("(?i)flash|message|msg|notice|error|alert|csrf|xsrf|lang|locale");
  return cookie.name == success.cookie ||
         (cookie.value.size() >= shortest && !other.found_in(cookie.name));
}

// The session's cookie does not go to the page `to` that follows.
LostSession withheld_session(const FormSuccess& success, const FormAnswer& seen,
                             const net::Url& form, const net::Url& to) {
  const auto path_of = [](const net::Url& url) {
    return url.target.substr(0, url.target.find('?'));
  };
  if (path_of(to) == path_of(form)) return {};
  LostSession withheld;
  const auto changed = seen.after.changed_since(seen.before);
  for (const Cookie& cookie : seen.after.all()) {
    if (std::ranges::find(changed, cookie.name) == changed.end()) continue;
    if (!success.cookie.empty() && cookie.name != success.cookie) continue;
    const std::string why = why_withheld(cookie, to);
    if (why.empty()) return {};
    withheld.why =
        fmt::format("the cookie {} does not go to {}: {}", cookie.name, path_of(to), why);
    withheld.sure |= is_session(cookie, success);
  }
  return withheld;
}

}  // namespace

bool keeps_named(const FormLogin::Settings& settings, const FormAnswer& seen) {
  const std::string& name = settings.success.cookie;
  if (name.empty() || seen.after.find(name) == nullptr) return false;
  const auto changed = seen.after.changed_since(seen.before);
  return std::ranges::find(changed, name) == changed.end();
}

std::string lost_session(const FormSuccess& success, const FormAnswer& seen) {
  for (const auto& [name, why] : seen.after.dropped_since(seen.before))
    if (success.cookie.empty() ? seen.after.changed_since(seen.before).empty()
                               : name == success.cookie)
      return fmt::format("the cookie {} is not kept: {}", name, why);
  return "";
}

LostSession session_lost_on_the_way(const FormLogin::Settings& settings, const FormAnswer& seen,
                                    const net::Url& form, const std::optional<net::Url>& to) {
  if (seen.answer.status >= 400) return {};
  for (const net::Response* response : {&seen.answer, &seen.page})
    if (refused_credentials(*response, settings.refused)) return {};
  std::string lost = lost_session(settings.success, seen);
  if (!lost.empty()) return {.why = std::move(lost), .sure = true};
  return to ? withheld_session(settings.success, seen, form, *to) : LostSession();
}

Failure explain_form(const FormLogin::Settings& settings, const FormAnswer& seen,
                     const Entries& entries) {
  const net::Response& page = seen.page;
  const int status = page.status;
  std::string what = net::describe(seen.answer);
  if (status >= 400 && status != seen.answer.status) what += ", then " + net::describe(page);
  if (settings.csrf_error && settings.csrf_error->found_in(page.body))
    return {Reason::csrf, what + ", and the page matches csrf_error"};
  for (const net::Response* response : {&seen.answer, &page})
    if (auto why = refused_credentials(*response, settings.refused)) return *std::move(why);
  if (status == 401) return {Reason::credentials, what};
  if (status == 419) return {Reason::csrf, what};  // Laravel's "Page Expired"
  if (status == 423) return {Reason::account_locked, what};
  // A page with the form again rejects the entries, whatever its hidden fields are called.
  const bool again = asks_again(page, entries);
  if (may_be_csrf(status) && !again && usual_csrf_error().found_in(page.body))
    return {Reason::csrf, what + ", and the page speaks of a CSRF token"};
  if (again && status < 500 && status != 429)
    return {Reason::credentials, what + ", and the page asks for the credentials again"};
  if (status == 403) return {Reason::forbidden, what};
  if (status >= 400) return {net::reason_of(page), net::describe(page)};
  if (!seen.tried.empty())
    return {Reason::no_session,
            fmt::format("{}; {}{}; {}", what, seen.tried, kept_session(settings, seen), advice)};
  return {Reason::no_session,
          what + "; wanted: " + wanted_of(settings.success) + kept_session(settings, seen)};
}

std::string explain_unproven(const net::Response& answer, const LoginProof& proof) {
  return fmt::format("{}; {}, which a refused login may lead to as well; {}", net::describe(answer),
                     proof.seen, advice);
}

}  // namespace sonde::auth
