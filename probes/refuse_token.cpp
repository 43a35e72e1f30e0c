#include <chrono>
#include <utility>

#include "probes/auth/forge.hpp"
#include "probes/auth/hide.hpp"
#include "probes/log_in.hpp"
#include "probes/net/origins.hpp"
#include "probes/net/status.hpp"
#include "probes/refuse.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;
using Token = std::expected<BadToken, Failure>;

std::unexpected<Failure> unclear(std::string why) {
  return std::unexpected(Failure{Reason::refusal_unclear, std::move(why)});
}

std::int64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Token forged(auth::Forged token, std::string what = "") {
  if (!token) return unclear("it cannot be made of this token: " + token.error());
  return BadToken{*std::move(token), std::move(what)};
}

// One that the server issued and that has expired since. A forged one shows what the server
// overlooks, but its refusal does not say that the expiry was looked at.
Token expired(const RefusalSubject& subject, std::string_view good) {
  const Instant now = Clock::now();
  const auto kept = auth::expired(subject.shared.keeper.purse(subject.site.account, now), now);
  if (!kept) {
    Token token = forged(auth::with_past_expiry(good, unix_now()), "a forged one");
    if (!token) return std::unexpected(Failure{Reason::ok, "no token of ours has expired yet"});
    token->stands_in = "no token of ours has expired yet, so a forged one was tried";
    return token;
  }
  const auto ago = std::chrono::floor<std::chrono::minutes>(now - kept->expires).count();
  return BadToken{kept->value, "issued once, expired " + std::to_string(ago) + " min ago"};
}

Token refresh_token(const text::Names& names) {
  const std::string* refresh = names.find("refresh_token");
  if (refresh == nullptr || refresh->empty()) return unclear("the login gives no refresh token");
  return BadToken{*refresh, ""};
}

std::expected<net::Request, Failure> request_to(const text::Template& address, text::Names& names) {
  const auto own = [](std::string why) {
    return std::unexpected(Failure{Reason::own_request, std::move(why)});
  };
  auto rendered = address.render(names);
  if (!rendered) return own("nothing is known of '" + rendered.error() + "'");
  auto url = net::parse_url(*rendered);
  if (!url) return own(url.error());
  if (!is_own(*url, address, names)) return own(net::no_own_origin(*url));
  return net::Request{.method = "GET", .url = std::move(*url), .headers = {}, .body = {}};
}

asio::awaitable<std::expected<net::Response, Failure>> ask(const net::Request& request,
                                                           const RefusalSubject& subject) {
  const net::Redirects none;  // outlives the request
  auto asking =
      net::fetch(subject.shared.network, request, subject.session.socket.line, none, subject.trace);
  net::Answer answer = co_await std::move(asking);
  if (!answer.ok()) co_return unclear(answer.failure.detail);
  if (answer.response.status / 100 != 2)
    co_return unclear(subject.trace.scrub(net::describe(answer.response)));
  co_return std::move(answer.response);
}

asio::awaitable<Token> confuse(const RefusalSubject& subject, const std::string& good) {
  const text::Template& own = subject.settings.jwks;
  auto request = request_to(own.empty() ? subject.site.login->jwks : own, subject.names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = ask(*request, subject);
  auto keys = co_await std::move(asking);
  if (!keys) co_return std::unexpected(keys.error());
  auto pem = auth::rsa_public_key(keys->body, good);
  if (!pem) co_return forged(std::move(pem));
  co_return forged(auth::with_public_key_as_secret(good, *pem));
}

// A login of its own, which is no sample of the auth rate.
asio::awaitable<Token> log_in_as(RefusalCheck check, const Site& site,
                                 const RefusalSubject& subject) {
  const auto seed = text::seed_of(subject.seed, static_cast<std::uint64_t>(check));
  auto names = site.names(seed, subject.trace);
  if (!names) co_return std::unexpected(names.error());
  auto logging_in = log_in_by(*site.login, site, subject.shared, *names, subject.trace);
  auto token = co_await std::move(logging_in);
  if (!token) co_return unclear("no token to try: " + token.error().detail);
  co_return BadToken{std::move(token->value), ""};
}

std::expected<net::Request, Failure> request_of(const Logout& logout, text::Names& names) {
  auto request = request_to(logout.url, names);
  if (!request) return request;
  request->method = logout.method;
  for (const auto& [name, value] : logout.headers)
    if (auto text = value.render(names)) request->headers.emplace_back(name, std::move(*text));
  if (logout.body.empty()) return request;
  auto body = logout.body.render_json(names);
  if (!body) return std::unexpected(Failure{Reason::own_request, "logout: " + body.error()});
  request->body = std::move(*body);
  request->headers.emplace_back("Content-Type", "application/json");
  return request;
}

asio::awaitable<Token> give_back(const RefusalSubject& subject) {
  auto logging_in = log_in_as(RefusalCheck::logged_out, subject.site, subject);
  Token token = co_await std::move(logging_in);
  if (!token) co_return token;
  text::Names names = subject.names;
  names.set("token", token->value);
  const auto request = request_of(*subject.settings.logout, names);
  if (!request) co_return std::unexpected(request.error());
  auto asking = ask(*request, subject);
  const auto done = co_await std::move(asking);
  if (!done) co_return unclear("the logout failed: " + done.error().detail);
  co_return token;
}

asio::awaitable<Token> make(RefusalCheck check, const RefusalSubject& subject) {
  const std::string* known = subject.names.find("token");
  const std::string good = known != nullptr ? *known : "";
  if (check == RefusalCheck::garbage_token) {
    text::Names names = subject.names;
    use_token(TokenUse::garbage, names);
    co_return BadToken{*names.find("token"), ""};
  }
  if (check == RefusalCheck::hs256_confusion) {
    auto confusing = confuse(subject, good);
    Token token = co_await std::move(confusing);
    co_return token;
  }
  if (check == RefusalCheck::wrong_audience) {
    auto logging_in =
        log_in_as(RefusalCheck::wrong_audience, *subject.site.others.front(), subject);
    Token token = co_await std::move(logging_in);
    co_return token;
  }
  if (check == RefusalCheck::logged_out) {
    auto giving = give_back(subject);
    Token token = co_await std::move(giving);
    co_return token;
  }
  if (check == RefusalCheck::refresh_as_access) co_return refresh_token(subject.names);
  if (check == RefusalCheck::bad_signature) co_return forged(auth::with_bad_signature(good));
  if (check == RefusalCheck::alg_none) co_return forged(auth::with_alg_none(good));
  co_return expired(subject, good);
}

}  // namespace

asio::awaitable<Token> bad_token(RefusalCheck check, const RefusalSubject& subject) {
  auto making = make(check, subject);
  Token token = co_await std::move(making);
  if (token) auth::hide(subject.trace, token->value);
  co_return token;
}

}  // namespace sonde
