#include <algorithm>
#include <chrono>
#include <utility>

#include "probes/auth/hide.hpp"
#include "probes/auth/jwt/forge.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/log_in.hpp"
#include "probes/session/refusal.hpp"
#include "probes/upgrade/refuse_check.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;
using Made = std::expected<BadLogin, Failure>;

std::unexpected<Failure> unclear(std::string why) {
  return std::unexpected(Failure{Reason::refusal_unclear, std::move(why)});
}

std::int64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// The valid login with another token.
BadLogin with_token(const RefusalSubject& subject, std::string token, std::string what = "") {
  BadLogin bad{.names = subject.names, .what = std::move(what)};
  auth::hide(subject.trace, token);
  session::use_token(std::move(token), bad.names);
  return bad;
}

Made forged(const RefusalSubject& subject, auth::Forged token, std::string what = "") {
  if (!token) return unclear("it cannot be made of this token: " + token.error());
  return with_token(subject, *std::move(token), std::move(what));
}

// A token that the server issued and that has expired since. The acceptance of a forged one proves
// a fault, but its refusal does not prove that the expiry was checked.
Made expired(const RefusalSubject& subject, std::string_view good) {
  const Instant now = Clock::now();
  const auto kept =
      auth::expired(subject.shared.token_cache.cached(subject.site.account, now), now);
  if (!kept) {
    Made bad = forged(subject, auth::with_past_expiry(good, unix_now()), "a forged one");
    if (!bad) return std::unexpected(Failure{Reason::ok, "no token of ours has expired yet"});
    bad->stands_in = "no token of ours has expired yet, so a forged one was tried";
    return bad;
  }
  const auto ago = std::chrono::floor<std::chrono::minutes>(now - kept->expires).count();
  return with_token(subject, kept->value,
                    "issued once, expired " + std::to_string(ago) + " min ago");
}

Made refresh_token(const RefusalSubject& subject) {
  const std::string* refresh = subject.names.find("refresh_token");
  if (refresh == nullptr || refresh->empty()) return unclear("the login gives no refresh token");
  return with_token(subject, *refresh);
}

std::expected<net::Request, Failure> request_to(const text::Template& address, text::Names& names) {
  const auto own = [](std::string why) {
    return std::unexpected(Failure{Reason::own_request, std::move(why)});
  };
  auto rendered = address.render(names);
  if (!rendered) return own("nothing is known of '" + rendered.error() + "'");
  auto url = net::parse_url(*rendered);
  if (!url) return own(url.error());
  if (!session::is_own(*url, address, names)) return own(net::no_own_origin(*url));
  return net::Request{.method = "GET", .url = std::move(*url), .headers = {}, .body = {}};
}

asio::awaitable<std::expected<net::Response, Failure>> ask(const net::Request& request,
                                                           const RefusalSubject& subject,
                                                           bool or_redirect = false) {
  const net::Redirects none;  // has to outlive the request
  auto asking =
      net::fetch(subject.shared.network, request, subject.session.socket.line, none, subject.trace);
  net::Answer answer = co_await std::move(asking);
  if (!answer.ok()) co_return unclear(answer.failure.detail);
  const int hundreds = answer.response.status / 100;
  if (hundreds != 2 && !(or_redirect && hundreds == 3))
    co_return unclear(subject.trace.scrub(net::describe(answer.response)));
  co_return std::move(answer.response);
}

asio::awaitable<Made> confuse(const RefusalSubject& subject, const std::string& good) {
  const text::Template& own = subject.settings.jwks;
  auto request = request_to(own.empty() ? subject.site.login->jwks : own, subject.names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = ask(*request, subject);
  auto keys = co_await std::move(asking);
  if (!keys) co_return unclear("the keys (jwks) cannot be had: " + keys.error().detail);
  auto pem = auth::rsa_public_key(keys->body, good);
  if (!pem) co_return forged(subject, std::move(pem));
  co_return forged(subject, auth::with_public_key_as_secret(good, *pem));
}

// The result of a login, and the names of the run with it and without those of the valid login.
struct Login {
  auth::Token token;
  text::Names names;
};

// A login without a sample of the auth rate.
asio::awaitable<std::expected<Login, Failure>> log_in_as(const auth::Login& login,
                                                         const session::ProbeContext& site,
                                                         const RefusalSubject& subject) {
  auto names = site.names(subject.names.random()(), subject.trace);
  if (!names) co_return std::unexpected(names.error());
  auto logging_in = log_in_by(login, site, subject.shared, *names, subject.trace);
  auto token = co_await std::move(logging_in);
  if (!token) co_return unclear("no login to try: " + token.error().detail);
  Login given{.token = *std::move(token), .names = subject.names};
  use_token(session::TokenUse::none, given.names);
  for (const std::string name : {"token", "refresh_token"})
    if (const std::string* text = names->find(name)) given.names.set(name, *text);
  for (auto& name : names->names_like("login."))
    given.names.set(name, std::string(*names->find(name)));
  offer_cookies(given.token, subject.session.socket, given.names);
  co_return given;
}

// With a separate login or, unless it will be `spent`, with the one that the runs use.
asio::awaitable<std::expected<Login, Failure>> log_in_anew(const RefusalSubject& subject,
                                                           bool spent) {
  const auth::Login* usual = subject.site.login.get();
  const auth::Login* own = usual != nullptr ? login_of_its_own(*usual) : nullptr;
  if (own == nullptr && !spent && usual != nullptr && usual->asks()) own = usual;
  if (own == nullptr) co_return unclear("there is no login of its own");
  auto logging_in = log_in_as(*own, subject.site, subject);
  auto given = co_await std::move(logging_in);
  subject.shared.token_cache.cached(subject.site.account, Clock::now()).token.reset();
  co_return given;
}

bool says_token(const text::Template& text) {
  const auto names = text.names();
  return std::ranges::find(names, "token") != names.end();
}

std::expected<net::Request, Failure> request_of(const Logout& logout, const Login& given,
                                                text::Names& names) {
  auto request = request_to(logout.url, names);
  if (!request) return request;
  request->method = logout.method;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string cookies =
      given.token.cookies.header(request->url, now, net::Origins::of(names));
  if (!given.token.cookies.empty()) names.set("cookies", cookies);
  for (const auto& [name, value] : logout.headers) {
    const bool nothing = given.token.value.empty() && says_token(value);
    if (nothing) continue;
    if (auto text = value.render(names)) request->headers.emplace_back(name, std::move(*text));
  }
  const bool has_cookie = net::find_header(request->headers, "Cookie") != nullptr;
  if (!has_cookie && !cookies.empty()) request->headers.emplace_back("Cookie", cookies);
  if (logout.body.empty()) return request;
  auto body = logout.body.render_json(names);
  if (!body) return std::unexpected(Failure{Reason::own_request, "logout: " + body.error()});
  request->body = std::move(*body);
  request->headers.emplace_back("Content-Type", "application/json");
  return request;
}

asio::awaitable<Made> give_back(const RefusalSubject& subject) {
  auto logging_in = log_in_anew(subject, true);
  auto given = co_await std::move(logging_in);
  if (!given) co_return std::unexpected(given.error());
  text::Names names = given->names;
  const auto request = request_of(*subject.settings.logout, *given, names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = ask(*request, subject, true);  // many redirect to the login afterwards
  const auto done = co_await std::move(asking);
  if (!done) co_return unclear("the logout failed: " + done.error().detail);
  if (done->status / 100 == 2 && session::says_error(done->body))
    co_return unclear("the logout failed: " + subject.trace.scrub(net::describe(*done)) +
                      ", with an error in it");
  co_return BadLogin{.names = std::move(given->names)};
}

asio::awaitable<Made> another_audience(const RefusalSubject& subject) {
  const session::ProbeContext& other = *subject.site.others.front();
  auto logging_in = log_in_as(*other.login, other, subject);
  auto given = co_await std::move(logging_in);
  if (!given) co_return std::unexpected(given.error());
  co_return BadLogin{.names = std::move(given->names)};
}

// Makes the tokens of checks that need no other server.
Made make(RefusalCheck check, const RefusalSubject& subject, const std::string& good) {
  if (check == RefusalCheck::garbage_token) {
    BadLogin bad{.names = subject.names};
    use_token(session::TokenUse::garbage, bad.names);
    auth::hide(subject.trace, *bad.names.find("token"));
    return bad;
  }
  if (check == RefusalCheck::refresh_as_access) return refresh_token(subject);
  if (check == RefusalCheck::bad_signature) return forged(subject, auth::with_bad_signature(good));
  if (check == RefusalCheck::alg_none) return forged(subject, auth::with_alg_none(good));
  return expired(subject, good);
}

}  // namespace

const auth::Login* login_of_its_own(const auth::Login& login) {
  const auth::Redeemer* redeemer = login.redeemer();
  if (redeemer != nullptr) return redeemer->first();
  return login.asks() ? &login : nullptr;
}

asio::awaitable<std::expected<text::Names, Failure>> fresh_login(const RefusalSubject& subject) {
  auto logging_in = log_in_anew(subject, false);
  auto given = co_await std::move(logging_in);
  if (!given) co_return std::unexpected(given.error());
  co_return std::move(given->names);
}

asio::awaitable<Made> bad_login(RefusalCheck check, const RefusalSubject& subject) {
  const std::string* known = subject.names.find("token");
  const std::string good = known != nullptr ? *known : "";
  if (check == RefusalCheck::hs256_confusion) {
    auto confusing = confuse(subject, good);
    Made made = co_await std::move(confusing);
    co_return made;
  }
  if (check == RefusalCheck::wrong_audience) {
    auto logging_in = another_audience(subject);
    Made made = co_await std::move(logging_in);
    co_return made;
  }
  if (check == RefusalCheck::logged_out) {
    auto giving = give_back(subject);
    Made made = co_await std::move(giving);
    co_return made;
  }
  co_return make(check, subject, good);
}

}  // namespace sonde::upgrade
