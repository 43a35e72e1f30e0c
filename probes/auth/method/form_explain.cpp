#include <fmt/format.h>

#include <algorithm>

#include "probes/auth/method/form_login.hpp"
#include "probes/auth/refused.hpp"
#include "probes/net/http/status.hpp"

namespace sonde::auth {
namespace {

// What frameworks say of a CSRF token that they refuse: Tornado, Django, Rails, Spring, Laravel.
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

// That the session's cookie is one that everybody gets; empty: it is not.
std::string kept_session(const FormSuccess& success, const FormAnswer& seen) {
  if (success.cookie.empty() || seen.after.find(success.cookie) == nullptr) return "";
  const auto changed = seen.after.changed_since(seen.before);
  if (std::ranges::find(changed, success.cookie) != changed.end()) return "";
  return "; the page had set " + success.cookie +
         " before, and the answer left it as it was, which is no login";
}

}  // namespace

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
          .key("fields", &S::fields, "What is entered, by the names of the form's fields.")
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
  // A page that has the form again refuses what was entered, whatever its hidden fields are named.
  const bool again = asks_again(text::parse_html(page.body), entries);
  if (may_be_csrf(status) && !again && usual_csrf_error().found_in(page.body))
    return {Reason::csrf, what + ", and the page speaks of a CSRF token"};
  if (again && status < 500 && status != 429)
    return {Reason::credentials, what + ", and the page asks for the credentials again"};
  if (status == 403) return {Reason::forbidden, what};
  if (status >= 400) return {net::reason_of(page), net::describe(page)};
  if (seen.unproven)
    return {Reason::no_session,
            what +
                "; the service renews cookies and shows these pages whoever asks, so that "
                "nothing tells a login from a visit: write in success which redirect or page "
                "only a user who is logged in gets"};
  return {Reason::no_session,
          what + "; wanted: " + wanted_of(settings.success) + kept_session(settings.success, seen)};
}

}  // namespace sonde::auth
