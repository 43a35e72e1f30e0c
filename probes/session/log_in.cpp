#include "probes/session/log_in.hpp"

#include <algorithm>

#include "probes/auth/hide.hpp"
#include "probes/core/deadline.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

// Sets the token's names for templates, and hides it in the trace.
void know(const auth::Token& token, text::Names& names, Trace& trace) {
  names.set("token", token.value);
  names.set("refresh_token", token.refresh);
  for (const auto& [name, value] : token.named) names.set("login." + name, value);
  for (const std::string* secret : {&token.value, &token.refresh})
    if (!secret->empty()) auth::hide(trace, *secret);
  for (const auto& [name, value] : token.named)
    if (auth::is_secret(token, name)) auth::hide(trace, value);
  for (const auto& cookie : token.cookies.all())
    if (cookie.value.size() >= 8) auth::hide(trace, cookie.value);
}

bool uses_identity(const auth::Login& login) {
  text::Needs needs;
  login.needs(needs);
  return std::ranges::any_of(needs.all,
                             [](const auto& need) { return need.name.starts_with("identity."); });
}

}  // namespace

Span quiet_max(const ProbeContext& site) {
  constexpr Span least = std::chrono::minutes(1);
  return std::max<Span>(least, 2 * site.every);
}

std::uint16_t mark_of(const auth::Login* login, const ProbeContext& site, const text::Names& names,
                      const auth::TokenCache& token_cache) {
  std::string shown;
  if (login != nullptr && !uses_identity(*login)) shown = login->own_secret();
  if (shown.empty()) shown = site.credentials(names);
  return token_cache.lockouts().mark_of(shown);
}

asio::awaitable<std::expected<auth::Token, Failure>> log_in_by(const auth::Login& login,
                                                               const ProbeContext& site,
                                                               Shared& shared, text::Names& names,
                                                               Trace& trace) {
  const auto guard = shared.token_cache.guard(site.account.owner, Clock::now());
  const auth::LockoutRules& rules = site.lockout;
  const std::uint16_t mark =
      login.asks() ? mark_of(&login, site, names, shared.token_cache) : std::uint16_t{};
  auto held = login.asks() ? guard->held(rules, Clock::now(), mark) : std::nullopt;
  if (held) co_return std::unexpected(*std::move(held));
  auth::Context context{.network = shared.network,
                        .token_cache = shared.token_cache,
                        .account = site.account,
                        .names = names,
                        .trace = trace,
                        .lockout = &rules,
                        .mark = mark,
                        .quiet_max = quiet_max(site)};
  auto running = login.run(context);
  auto token = co_await std::move(running);
  if (!token && token.error().reason == Reason::cut)
    if (auto ours = stood_in_line(trace, Clock::now())) co_return std::unexpected(*std::move(ours));
  if (token && login.asks() && context.redeems) guard->redeemed(Clock::now());
  const bool proven = token && token->unproven.empty();
  if (proven && login.asks() && !context.redeems) guard->succeeded(Clock::now());
  if (token) {
    know(*token, names, trace);
    shared.token_cache.note_issued(site.target_name, *token);
  }
  co_return token;
}

asio::awaitable<std::expected<auth::Token, Failure>> log_in(const ProbeContext& site,
                                                            Shared& shared, text::Names& names,
                                                            Trace& trace, double reuse) {
  trace.at(Step::login);
  auth::CachedLogin& cached = shared.token_cache.cached(site.account, Clock::now());
  // A static token needs no request, and its file may have changed.
  if (!site.login->asks()) reuse = 0;
  // A session that was not proven since is not used again: it may be that of a refused login.
  if (cached.token && !cached.token->unproven.empty()) reuse = 0;
  if (const auto* kept = auth::reusable(cached, reuse, Clock::now(), site.needs_cookies())) {
    know(*kept, names, trace);
    co_return *kept;
  }
  trace.open(Phase::login);
  auto logging_in = log_in_by(*site.login, site, shared, names, trace);
  auto token = co_await std::move(logging_in);
  const bool unproven = token && !token->unproven.empty();
  if (site.login->asks() && !unproven && (token || token.error().reason != Reason::suppressed))
    trace.auth_begun(Step::login);
  if (!token) co_return token;
  auth::remember(cached, *token, Clock::now(), std::chrono::system_clock::now());
  if (unproven)
    trace.unproven_login = token->unproven;
  else
    trace.auth_succeeded(Step::login);
  trace.close(Phase::login);
  co_return token;
}

void prove_login(const ProbeContext& site, Shared& shared, Trace& trace) {
  if (trace.unproven_login.empty()) return;
  trace.unproven_login.clear();
  trace.auth_begun(Step::login);
  trace.auth_succeeded(Step::login);
  const Instant now = Clock::now();
  shared.token_cache.guard(site.account.owner, now)->succeeded(now);
  auth::CachedLogin& cached = shared.token_cache.cached(site.account, now);
  if (cached.token) cached.token->unproven.clear();
}

}  // namespace sonde::session
