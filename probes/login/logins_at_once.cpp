#include "probes/login/logins_at_once.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/auth/token.hpp"
#include "probes/core/deadline.hpp"
#include "probes/core/when_all.hpp"
#include "probes/login/token_use.hpp"
#include "probes/session/log_in.hpp"

namespace sonde::login {
namespace {

namespace asio = boost::asio;

// For a login that has to be made again each time: the one that gives the first refresh token.
const auth::Login& each_time(const LoginSettings& settings, const auth::Login& login) {
  const auth::Redeemer* redeemer = login.redeemer();
  const bool fresh = settings.parallel > 1 || settings.refresh;
  return fresh && redeemer != nullptr ? *redeemer->first() : login;
}

int gravity(Outcome outcome) {
  return outcome == Outcome::fail ? 2 : outcome == Outcome::inconclusive ? 1 : 0;
}

}  // namespace

LoginsAtOnce::LoginsAtOnce(const LoginSettings& settings, const session::ProbeContext& site,
                           session::Shared& shared, std::uint64_t seed, Trace& trace)
    : settings_(settings), site_(site), shared_(shared), seed_(seed), trace_(trace) {}

asio::awaitable<Verdict> LoginsAtOnce::run() {
  auto failed = prepare_all();
  if (!failed) {
    auto logging_in = log_all_in();
    failed = co_await std::move(logging_in);
  }
  if (!failed) {
    auto finding_out = find_out();
    failed = co_await std::move(finding_out);
  }
  if (!failed) co_return Verdict::pass();
  failed->detail = trace_.scrub(failed->detail);
  co_return Verdict::of(Step::login, std::move(*failed));
}

// The users in turn: alice-1, bob-1, alice-2, ...
std::optional<Failure> LoginsAtOnce::prepare_all() {
  std::vector<const session::ProbeContext*> sites = {&site_};
  sites.reserve(site_.others.size() + 1);
  for (const auto& other : site_.others) sites.push_back(other.get());
  for (std::size_t i = 0; std::cmp_less(i, settings_.parallel); ++i) {
    const session::ProbeContext& site = *sites[i % sites.size()];
    const std::string user = site.identity_name.empty() ? "login" : site.identity_name;
    Entrant& one = entrants_.emplace_back(fmt::format("{}-{}", user, i / sites.size() + 1), site);
    one.trace.of_run(trace_.run_id());
    one.trace.at(Step::login);
    auto names = site.names(text::seed_of(seed_, i), one.trace);
    if (!names) return names.error();
    one.names = *std::move(names);
  }
  return std::nullopt;
}

asio::awaitable<void> LoginsAtOnce::enter(Entrant& entrant) {
  const auth::Login& login = each_time(settings_, *entrant.site.login);
  auto logging_in = log_in_by(login, entrant.site, shared_, entrant.names, entrant.trace);
  entrant.token = co_await std::move(logging_in);
  if (entrant.token) entrant.trace.unproven_login = entrant.token->unproven;
}

// One sample of the auth rate for all of them.
asio::awaitable<std::optional<Failure>> LoginsAtOnce::log_all_in() {
  trace_.open(Phase::login);
  std::vector<asio::awaitable<void>> entering;
  entering.reserve(entrants_.size());
  for (Entrant& one : entrants_) entering.push_back(enter(one));
  auto all = when_all(std::move(entering));
  co_await std::move(all);
  auto failed = failed_login();
  for (Entrant& one : entrants_) trace_.absorb(std::move(one.trace), one.name);
  const bool proven = trace_.unproven_login.empty();
  const bool asked =
      site_.login->asks() && (failed ? failed->reason != Reason::suppressed : proven);
  if (asked) trace_.auth_begun(Step::login);
  if (!failed && proven) trace_.auth_succeeded(Step::login);
  if (failed && failed->reason == Reason::cut) co_return failed;
  trace_.close(Phase::login);
  co_return failed;
}

// The most severe failure, and how many logins have it.
std::optional<Failure> LoginsAtOnce::failed_login() const {
  const Entrant* worst = nullptr;
  for (const Entrant& one : entrants_) {
    if (one.token) continue;
    const auto grave = gravity(row(one.token.error().reason).outcome);
    if (!worst || grave > gravity(row(worst->token.error().reason).outcome)) worst = &one;
  }
  if (!worst) return std::nullopt;
  Failure failure = worst->token.error();
  if (failure.reason == Reason::cut) return failure;
  const auto good =
      std::ranges::count_if(entrants_, [](const Entrant& one) { return one.token.has_value(); });
  failure.detail = fmt::format("{}: {}", worst->name, failure.detail);
  if (entrants_.size() > 1)
    failure.detail += fmt::format("; {} of {} logins at once succeeded", good, entrants_.size());
  return failure;
}

// The user in the claims; an opaque token has none.
std::optional<Failure> LoginsAtOnce::check_user(Entrant& entrant) const {
  if (!settings_.identity.at) return std::nullopt;
  const auto claims = auth::read_payload(entrant.token->value);
  auto wrong = claims ? dialect::check_identity(settings_.identity, claims->root(), entrant.names)
                      : Failure{Reason::token_malformed, "the token is no JWT: " + claims.error()};
  if (wrong) wrong->detail = entrant.name + ": " + wrong->detail;
  return wrong;
}

std::optional<Failure> LoginsAtOnce::check_tokens() {
  std::vector<Issued> issued;
  issued.reserve(entrants_.size());
  for (const Entrant& one : entrants_)
    issued.push_back({one.name, one.site.identity_name, *one.token});
  if (auto shared = find_shared(issued, settings_.same_user)) return shared;
  for (Entrant& one : entrants_)
    if (auto wrong = check_user(one)) return wrong;
  return std::nullopt;
}

// Uses the token of the first login, and the refresh token of the last one, which that use cannot
// affect.
asio::awaitable<std::optional<Failure>> LoginsAtOnce::find_out() {
  if (auto wrong = check_tokens()) co_return wrong;
  Entrant& first = entrants_.front();
  if (!settings_.session.socket_name.empty()) {
    if (auto lacking = lacks_cookies(settings_.session.socket, *first.token)) co_return lacking;
    offer_cookies(*first.token, settings_.session.socket, first.names);
    auto using_it = use_at_once(settings_.session, first.site, shared_, first.names, trace_);
    auto wrong = co_await std::move(using_it);
    trace_.at(Step::login);
    if (wrong) co_return wrong;
  }
  if (!settings_.refresh) co_return std::nullopt;
  Entrant& last = entrants_.back();
  const auth::Context context{.network = shared_.network,
                              .token_cache = shared_.token_cache,
                              .account = last.site.account,
                              .names = last.names,
                              .trace = trace_};
  auto refreshing = refresh_twice(*last.site.login->redeemer(), settings_.refresh->twice, context,
                                  last.token->refresh);
  auto wrong = co_await std::move(refreshing);
  co_return wrong;
}

namespace {

// A value that no two logins may share, and its name.
struct Mark {
  std::string_view what;
  std::string text;
};

// The cookies of a login that gives nothing else.
std::string session_of(const auth::Token& token) {
  std::string all;
  for (const auto& cookie : token.cookies.all()) all += cookie.name + "=" + cookie.value + ";";
  return all;
}

Mark mark_of(const auth::Token& token) {
  if (token.value.empty()) return {"the same cookies", session_of(token)};
  const auto claims = auth::read_claims(token.value);
  if (claims && !claims->id.empty()) return {"tokens of the same jti", claims->id};
  return {"the same token", token.value};
}

}  // namespace

std::optional<Failure> find_shared(std::span<const Issued> issued, session::SameUser same_user) {
  std::optional<Failure> found;
  std::vector<Mark> marks;
  marks.reserve(issued.size());
  for (const Issued& one : issued) marks.push_back(mark_of(one.token));
  for (std::size_t a = 0; a < issued.size(); ++a)
    for (std::size_t b = a + 1; b < issued.size(); ++b) {
      const bool others = issued[a].user != issued[b].user;
      if (marks[a].text.empty() || marks[a].text != marks[b].text) continue;
      if (!others && (found || same_user == session::SameUser::allow)) continue;
      found = Failure{Reason::token_shared, fmt::format("{} and {} got {}", issued[a].name,
                                                        issued[b].name, marks[a].what)};
      if (others) return found;
    }
  return found;
}

}  // namespace sonde::login
