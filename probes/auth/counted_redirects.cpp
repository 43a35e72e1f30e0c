#include "probes/auth/counted_redirects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/core/scrub.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/http_text.hpp"

namespace sonde::auth {
namespace {

std::string key_of(const net::Request& request, const std::string& cookies) {
  return request.method + ' ' + request.url.text() + '\n' + cookies;
}

}  // namespace

CountedRedirects::CountedRedirects(const net::Redirects& redirects, const text::Names& names)
    : redirects_(redirects) {
  for (const std::string& name : names.names_like("identity."))
    if (const std::string* secret = names.find(name)) secrets_.hide(*secret);
}

// Whether it shows what the configuration put in it, wherever that is; session cookies are none of
// it.
bool CountedRedirects::shows_credentials(const net::Request& request) const {
  const auto holds_secret = [this](const std::string& text) {
    std::string shown = text;
    secrets_.redact(shown);
    return shown != text;
  };
  return !request.body.empty() || holds_secret(request.url.text()) ||
         std::ranges::any_of(request.headers, [&](const auto& header) {
           const bool known =
               !net::same_word(header.first, "cookie") && is_sensitive_header(header.first);
           return known || holds_secret(header.second);
         });
}

void CountedRedirects::sent(const net::Request& request) {
  if (hops_ > 0 || !shows_credentials(request)) return;
  const std::string* cookies = net::find_header(request.headers, "cookie");
  shown_.insert(key_of(request, cookies != nullptr ? *cookies : std::string()));
}

std::optional<net::Request> CountedRedirects::next(const net::Request& request, net::Answer& answer,
                                                   const Trace& trace) {
  if (!redirects_.follow || !answer.ok() || !net::is_redirect(answer.response.status))
    return std::nullopt;
  sent(request);
  auto next = net::follow(request, answer.response);
  if (!next) {
    answer.failure = {next.error().reason, trace.scrub(next.error().detail)};
    return std::nullopt;
  }
  if (hops_++ < redirects_.max) return std::move(*next);
  answer.failure = {Reason::redirected, fmt::format("more than {} redirects, the next to {}",
                                                    redirects_.max, trace.scrub(next->url.text()))};
  return std::nullopt;
}

bool CountedRedirects::may_send(const net::Request& next, const std::string& cookies,
                                LoginGuard::Trial* trial, net::Answer& answer, const Trace& trace) {
  if (!shows_credentials(next)) return true;
  const std::string where =
      fmt::format("HTTP {} to {}", answer.response.status, trace.scrub(next.url.text()));
  if (!shown_.insert(key_of(next, cookies)).second) {
    answer.failure = {Reason::redirected,
                      where + ", where the credentials were shown already: a loop, not followed"};
    return false;
  }
  if (trial == nullptr || trial->press_again()) return true;
  answer.failure = {Reason::redirected,
                    where +
                        " asks to show the credentials once more, which could be one refusal too "
                        "many for the account (lockout: after), so it is not followed; write that "
                        "address in url"};
  return false;
}

}  // namespace sonde::auth
