#include "probes/login/double_refresh.hpp"

#include <array>
#include <utility>

#include "probes/core/when_all.hpp"

namespace sonde::login {
namespace {

namespace asio = boost::asio;
using enum DoubleRefresh;

// One of the two requests, with its own names and trace, because both are under way at once.
struct Refreshing {
  text::Names names;
  Trace trace;
  std::expected<auth::Token, Failure> token = std::unexpected(cut_failure());
};

asio::awaitable<void> redeem(const auth::Redeemer* redeemer, auth::Context context,
                             std::string refresh, Refreshing* one) {
  auth::Context own{.network = context.network,
                    .token_cache = context.token_cache,
                    .account = context.account,
                    .names = one->names,
                    .trace = one->trace};
  auto redeeming = redeemer->redeem(own, std::move(refresh));
  one->token = co_await std::move(redeeming);
}

// Servers that do not follow RFC 6749 reject a used token with 403, 409 or 422.
bool is_refusal(const Failure& failure) {
  using enum Reason;
  return failure.reason == credentials || failure.reason == forbidden ||
         failure.reason == contract || failure.reason == bad_status;
}

const Failure* trouble(std::span<const Refreshing> both) {
  for (const auto& one : both)
    if (!one.token && !is_refusal(one.token.error())) return &one.token.error();
  return nullptr;
}

std::string_view name_of(DoubleRefresh policy) {
  for (const auto& [name, value] : config::names<DoubleRefresh>())
    if (value == policy) return name;
  return "";
}

bool holds(DoubleRefresh policy, const TwoRefreshes& seen) {
  if (policy == both_ok) return seen.granted == 2;
  if (policy == one_wins) return seen.granted == 1 && seen.still_works.value_or(true);
  return seen.granted == 0 || (seen.granted == 1 && seen.still_works == false);
}

std::string describe(const TwoRefreshes& seen) {
  if (seen.granted == 2) return "both were given tokens";
  if (seen.granted == 0) return "both were refused";
  if (!seen.still_works) return "one was given tokens, and no new refresh token";
  return *seen.still_works ? "one was given tokens, and its new refresh token works"
                           : "one was given tokens, and its new refresh token is refused";
}

}  // namespace

std::span<const config::Named<DoubleRefresh>> names_of(const DoubleRefresh*) {
  static constexpr config::Named<DoubleRefresh> names[] = {
      {"one_wins", one_wins}, {"both_ok", both_ok}, {"family_revoked", family_revoked}};
  return names;
}

const config::Section<RefreshPolicy>& section_of(const RefreshPolicy*) {
  static const auto keys = config::Section<RefreshPolicy>().key(
      "double", &RefreshPolicy::twice,
      "What becomes of a refresh token that is redeemed twice at once: one_wins, both_ok or "
      "family_revoked.",
      {.required = true});
  return keys;
}

std::optional<Failure> judge_refreshes(DoubleRefresh policy, const TwoRefreshes& seen) {
  if (holds(policy, seen)) return std::nullopt;
  return Failure{Reason::refresh_race, "of two refreshes at once " + describe(seen) + ", wanted " +
                                           std::string(name_of(policy))};
}

asio::awaitable<std::optional<Failure>> refresh_twice(const auth::Redeemer& redeemer,
                                                      DoubleRefresh policy, auth::Context context,
                                                      std::string refresh) {
  if (refresh.empty())
    co_return Failure{Reason::answer_incomplete, "the login gives no refresh token"};
  std::array<Refreshing, 2> both{Refreshing{context.names, context.trace.aside()},
                                 Refreshing{context.names, context.trace.aside()}};
  std::vector<asio::awaitable<void>> tasks;
  tasks.reserve(both.size());
  for (Refreshing& one : both) tasks.push_back(redeem(&redeemer, context, refresh, &one));
  auto redeeming = when_all(std::move(tasks));
  co_await std::move(redeeming);
  for (Refreshing& one : both) context.trace.absorb(std::move(one.trace), "refresh");
  if (const Failure* other = trouble(both)) co_return *other;
  TwoRefreshes seen{.granted = both[0].token.has_value() + both[1].token.has_value(),
                    .still_works = {}};
  const auto& winner = both[0].token ? both[0].token : both[1].token;
  if (seen.granted == 1 && !winner->refresh.empty() && winner->refresh != refresh) {
    auto following = redeemer.redeem(context, winner->refresh);
    const auto followed = co_await std::move(following);
    if (!followed && !is_refusal(followed.error())) co_return followed.error();
    seen.still_works = followed.has_value();
  }
  co_return judge_refreshes(policy, seen);
}

}  // namespace sonde::login
