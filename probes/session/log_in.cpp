#include "probes/session/log_in.hpp"

#include <algorithm>
#include <map>

#include "probes/auth/hide.hpp"
#include "probes/core/deadline.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

// A recovery has to be noticed after at most two ticks, however long a server asks to wait.
constexpr Span quiet_min = std::chrono::minutes(1);

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

// A mark of everything that the identity contributes to the login.
std::uint16_t mark_of(const auth::Login& login, const text::Names& names,
                      const auth::TokenCache& token_cache) {
  text::Needs needs;
  login.needs(needs);
  std::map<std::string, std::string> shown;
  for (const auto& need : needs.all)
    if (const std::string* value = names.find(need.name);
        value != nullptr && need.name.starts_with("identity."))
      shown.emplace(need.name, *value);
  std::string all = login.own_secret();
  for (const auto& [name, value] : shown)
    all.append(1, '\0').append(name).append(1, '\0').append(value);
  return token_cache.lockouts().mark_of(all);
}

}  // namespace

asio::awaitable<std::expected<auth::Token, Failure>> log_in_by(const auth::Login& login,
                                                               const ProbeContext& site,
                                                               Shared& shared, text::Names& names,
                                                               Trace& trace) {
  const auto guard = shared.token_cache.guard(site.account.owner, Clock::now());
  const auth::LockoutRules rules =
      guard->strictest(site.account.login, site.login->lockout, Clock::now());
  const std::uint16_t mark = login.asks() ? mark_of(login, names, shared.token_cache) : 0;
  auto held = login.asks() ? guard->held(rules, Clock::now(), mark) : std::nullopt;
  if (held) co_return std::unexpected(*std::move(held));
  auth::Context context{.network = shared.network,
                        .token_cache = shared.token_cache,
                        .account = site.account,
                        .names = names,
                        .trace = trace,
                        .lockout = &rules,
                        .mark = mark,
                        .quiet_max = std::max<Span>(quiet_min, 2 * site.every)};
  auto running = login.run(context);
  auto token = co_await std::move(running);
  if (!token && token.error().reason == Reason::cut)
    if (auto ours = stood_in_line(trace, Clock::now())) co_return std::unexpected(*std::move(ours));
  if (token && login.asks() && context.redeems) guard->redeemed(Clock::now());
  if (token && login.asks() && !context.redeems) guard->succeeded(Clock::now());
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
  if (const auto* kept = auth::reusable(cached, reuse, Clock::now(), site.needs_cookies())) {
    know(*kept, names, trace);
    co_return *kept;
  }
  trace.open(Phase::login);
  auto logging_in = log_in_by(*site.login, site, shared, names, trace);
  auto token = co_await std::move(logging_in);
  if (site.login->asks() && (token || token.error().reason != Reason::suppressed))
    trace.auth_begun(Step::login);
  if (!token) co_return token;
  auth::remember(cached, *token, Clock::now(), std::chrono::system_clock::now());
  trace.auth_succeeded(Step::login);
  trace.close(Phase::login);
  co_return token;
}

}  // namespace sonde::session
