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

bool may_be_csrf(int status) { return status == 400 || status == 403 || status == 422; }

std::string wanted_of(const FormSuccess& success) {
  if (success.empty())
    return "a redirect to another path and a cookie that is new or has another value";
  std::string all;
  if (success.redirect) all += ", a redirect to " + success.redirect->text();
  if (!success.cookie.empty()) all += ", the cookie " + success.cookie;
  if (success.body) all += ", a page with " + success.body->text();
  return all.substr(2);
}

// Says that every visitor gets the session's cookie; empty: not so.
std::string kept_session(const FormSuccess& success, const FormAnswer& seen) {
  if (success.cookie.empty() || seen.after.find(success.cookie) == nullptr) return "";
  const auto changed = seen.after.changed_since(seen.before);
  if (std::ranges::find(changed, success.cookie) != changed.end()) return "";
  return "; the page had set " + success.cookie +
         " before, and the answer left it as it was, which is no login";
}

}  // namespace

std::string lost_session(const FormSuccess& success, const FormAnswer& seen) {
  for (const auto& [name, why] : seen.after.dropped_since(seen.before))
    if (success.cookie.empty() ? seen.after.changed_since(seen.before).empty()
                               : name == success.cookie)
      return fmt::format("the cookie {} is not kept: {}", name, why);
  return "";
}

Failure explain_form(const FormLogin::Settings& settings, const FormAnswer& seen,
                     const Entries& entries) {
  const std::string what = net::describe(seen.answer);
  const net::Response& page = seen.page;
  const int status = page.status;
  if (settings.csrf_error && settings.csrf_error->found_in(page.body))
    return {Reason::csrf, what + ", and the page matches csrf_error"};
  for (const net::Response* response : {&seen.answer, &page})
    if (auto why = refused_credentials(*response, settings.refused)) return *std::move(why);
  if (status == 401) return {Reason::credentials, what};
  if (status == 419) return {Reason::csrf, what};  // Laravel's "Page Expired"
  if (status == 423) return {Reason::account_locked, what};
  if (seen.answer.status < 400)
    if (const std::string lost = lost_session(settings.success, seen); !lost.empty())
      return {Reason::no_session, what + "; " + lost};
  // A page with the form again rejects the entries, whatever its hidden fields are called.
  const bool again = asks_again(page, entries);
  if (may_be_csrf(status) && !again && usual_csrf_error().found_in(page.body))
    return {Reason::csrf, what + ", and the page speaks of a CSRF token"};
  if (again && status < 500 && status != 429)
    return {Reason::credentials, what + ", and the page asks for the credentials again"};
  if (status == 403) return {Reason::forbidden, what};
  if (status >= 400) return {net::reason_of(page), net::describe(page)};
  if (seen.unproven)
    return {Reason::no_session,
            what +
                "; a visitor is shown the same pages, and a cookie is set for anyone, so a login "
                "looks like a visit: write in success which redirect or page "
                "only a user who is logged in gets"};
  return {Reason::no_session,
          what + "; wanted: " + wanted_of(settings.success) + kept_session(settings.success, seen)};
}

}  // namespace sonde::auth
