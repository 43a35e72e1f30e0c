#include "probes/upgrade/refuse_password.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/session/log_in.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;
constexpr RefusalCheck with_wrong = RefusalCheck::wrong_password;

bool shows_secret(const auth::Login& login, const session::ProbeContext& site) {
  text::Needs needs;
  login.needs(needs);
  return site.says_secret(needs);
}

// The login that shows the password each time; null: none does.
const auth::Login* login_with_password(const session::ProbeContext& site) {
  const auth::Login* login = site.login ? login_of_its_own(*site.login) : nullptr;
  return login != nullptr && shows_secret(*login, site) ? login : nullptr;
}

// Trouble of the server, the network or our own, which says nothing about the password.
bool is_login_trouble(Reason reason) {
  using enum Reason;
  constexpr Reason of_server[] = {timeout,         closed_early,   overloaded,  bad_gateway,
                                  gateway_timeout, account_locked, bad_http,    truncated_body,
                                  tls_handshake,   tls_untrusted,  tls_expired, tls_name_mismatch,
                                  alpn_h2};
  const auto has = [reason](std::span<const Reason> all) {
    return std::ranges::find(all, reason) != all.end();
  };
  return row(reason).outcome != Outcome::fail || row(reason).unanswered || has(of_server);
}

// What came of the login with the wrong password.
Checked judge_login(const std::expected<auth::Token, Failure>& token, const Trace& trace) {
  Checked checked;
  if (!trace.exchanges().empty()) checked.seen.status = trace.exchanges().back().status;
  if (token) {
    checked.wrong =
        with_check(with_wrong, Reason::auth_fail_open, "the login accepts a wrong password");
    return checked;
  }
  const std::string why =
      fmt::format("{}, {}", name(token.error().reason), trace.scrub(token.error().detail));
  if (token.error().reason == Reason::suppressed)
    checked.not_performed = why;
  else if (is_login_trouble(token.error().reason))
    checked.wrong = with_check(with_wrong, Reason::refusal_unclear, "the login is " + why);
  else if (token.error().reason == Reason::server_error)
    checked.wrong = with_check(with_wrong, Reason::no_refusal, "the login is " + why);
  return checked;
}

asio::awaitable<Checked> try_login(const auth::Login& login, const RefusalSubject& subject) {
  const session::ProbeContext& site = subject.site;
  const auto guard = subject.shared.token_cache.guard(site.account.owner, Clock::now());
  const auth::LockoutRules rules =
      guard->strictest(site.account.login, site.login->lockout, Clock::now());
  if (const int refused = guard->counted(Clock::now()); 2 * (refused + 1) > rules.after)
    co_return Checked{.not_performed = fmt::format(
                          "{} refused logins of the account are counted, of {} that may be",
                          refused, rules.after)};
  auto names = site.names(subject.names.random()(), subject.trace);
  if (!names) co_return Checked{.wrong = names.error()};
  site.use_wrong_password(*names);
  auto logging_in = log_in_by(login, site, subject.shared, *names, subject.trace);
  const auto token = co_await std::move(logging_in);
  Checked checked = judge_login(token, subject.trace);
  if (checked.wrong || !checked.not_performed.empty()) co_return checked;
  auto right = fresh_login(subject);
  auto fresh = co_await std::move(right);
  checked.proven = fresh.has_value();
  if (fresh)
    subject.names = *std::move(fresh);
  else
    checked.wrong = with_check(with_wrong, Reason::refusal_unclear,
                               "the login with the right password fails as well: " +
                                   subject.trace.scrub(fresh.error().detail));
  co_return checked;
}

asio::awaitable<Checked> try_session(const RefusalSubject& subject) {
  const session::ProbeContext& site = subject.site;
  text::Names names = subject.names;
  site.use_wrong_password(names);
  if (site.login && !site.login->asks()) {
    auto making = log_in_by(*site.login, site, subject.shared, names, subject.trace);
    const auto token = co_await std::move(making);
    if (!token)
      co_return Checked{.wrong =
                            with_check(with_wrong, Reason::refusal_unclear, token.error().detail)};
  }
  auto request = build_upgrade(subject.session.socket, session::TokenUse::valid, names);
  if (!request) co_return Checked{.wrong = request.error()};
  auto upgrading = upgrade_as(with_wrong, *std::move(request), subject, names);
  Checked checked = co_await std::move(upgrading);
  co_return checked;
}

}  // namespace

asio::awaitable<Checked> check_password(const RefusalSubject& subject) {
  subject.trace.spare(name_of(with_wrong));  // a password may hold the word
  const auto guard = subject.shared.token_cache.guard(subject.site.account.owner, Clock::now());
  auto entering = guard->wrong_password.enter();
  const auto alone = co_await std::move(entering);
  if (!alone) co_return Checked{.wrong = alone.error()};
  const auth::Login* login = login_with_password(subject.site);
  auto trying = login != nullptr ? try_login(*login, subject) : try_session(subject);
  Checked checked = co_await std::move(trying);
  co_return checked;
}

bool shows_password(const session::SessionSettings& session, const session::ProbeContext& site) {
  if (login_with_password(site) != nullptr) return true;
  text::Needs needs;
  add_needs(session, needs);
  const bool fixed = site.login && !site.login->asks() && shows_secret(*site.login, site);
  return fixed || site.says_secret(needs);
}

}  // namespace sonde::upgrade
