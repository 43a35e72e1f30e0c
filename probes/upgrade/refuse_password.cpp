#include "probes/upgrade/refuse_password.hpp"

#include <algorithm>
#include <utility>

#include "probes/session/log_in.hpp"
#include "probes/upgrade/refuse_secret.hpp"
#include "probes/upgrade/refuse_token.hpp"

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

// Refused users may be given a session, too.
bool is_session(const auth::Token& token) {
  return !token.unproven.empty() || !token.cookies.empty();
}

asio::awaitable<Checked> show(session::TokenUse use, const RefusalSubject& subject,
                              text::Names names) {
  const RefusalCheck check = use == session::TokenUse::none ? RefusalCheck::no_token : with_wrong;
  auto request = build_upgrade(subject.session.socket, use, names);
  if (!request) co_return Checked{.wrong = request.error()};
  auto upgrading = upgrade_as(check, *std::move(request), subject, names);
  Checked checked = co_await std::move(upgrading);
  co_return checked;
}

// Shows the endpoint the session that the wrong password won, and if it is welcome though nothing
// but the file says that it is a session, a visitor as well: an endpoint that welcomes everybody
// says nothing about the password.
asio::awaitable<Checked> show_session(const RefusalSubject& subject, const auth::Token& token,
                                      text::Names names) {
  offer_cookies(token, subject.session.socket, names);
  auto showing = show(session::TokenUse::valid, subject, names);
  Checked checked = co_await std::move(showing);
  const auto welcomed = [](const Checked& one) {
    return one.wrong && one.wrong->reason == Reason::auth_fail_open;
  };
  if (!welcomed(checked)) co_return checked;
  Checked visitor;
  if (token.on_trust || !token.unproven.empty()) {
    auto comparing = show(session::TokenUse::none, subject, std::move(names));
    visitor = co_await std::move(comparing);
  }
  if (welcomed(visitor))
    checked.wrong = with_check(with_wrong, Reason::refusal_unclear,
                               "the login leaves a session, but the endpoint welcomes visitors as "
                               "well, so it does not show whose it is");
  else
    checked.wrong = with_check(with_wrong, Reason::auth_fail_open,
                               "the login accepts a wrong password, and the endpoint welcomes its "
                               "session");
  co_return checked;
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
  const Failure& failure = token.error();
  const std::string detail = failure.reason == Reason::cut
                                 ? "the deadline of the run came before its answer"
                                 : trace.scrub(failure.detail);
  const std::string why = std::string(name(failure.reason)) + (detail.empty() ? "" : ", " + detail);
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
  auto names = site.names(subject.names.random()(), subject.trace);
  if (!names) co_return Checked{.wrong = names.error()};
  site.use_wrong_password(*names);
  auto logging_in = log_in_by(login, site, subject.shared, *names, subject.trace);
  const auto token = co_await std::move(logging_in);
  Checked checked = judge_login(token, subject.trace);
  if (token && is_session(*token)) {
    auto showing = show_session(subject, *token, *names);
    checked = co_await std::move(showing);
  }
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
  auto showing = show_right_secret(with_wrong, subject, std::move(checked));
  checked = co_await std::move(showing);
  co_return checked;
}

}  // namespace

asio::awaitable<Checked> check_password(const RefusalSubject& subject) {
  subject.trace.spare(name_of(with_wrong));  // a password may hold the word
  const auth::Login* login = login_with_password(subject.site);
  const auth::Account& account = subject.site.account;
  const auth::Owner& owner = login != nullptr ? account.owner : subject.site.secret_owner;
  auto claiming = claim_wrong_secret(owner, subject);
  const auto alone = co_await std::move(claiming);
  if (!alone) co_return alone.error();
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
