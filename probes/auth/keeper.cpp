#include "probes/auth/keeper.hpp"

#include <algorithm>

namespace sonde::auth {
namespace {

constexpr Span forgotten_after = std::chrono::hours(24 * 7);
constexpr std::size_t keys_max = 100;

}  // namespace

Purse& Keeper::purse(const Account& account, Instant now) {
  auto found = purses_.find(account);
  if (found == purses_.end()) {
    std::erase_if(purses_,
                  [now](const auto& row) { return now - row.second.used > forgotten_after; });
    found = purses_.try_emplace(account).first;
  }
  found->second.used = now;
  return found->second;
}

const Keeper::Published* Keeper::keys(const std::string& url) const {
  const auto found = keys_.find(url);
  return found == keys_.end() ? nullptr : &found->second;
}

void Keeper::put_keys(const std::string& url, std::shared_ptr<const KeySet> set, Instant now) {
  if (keys_.size() >= keys_max && !keys_.contains(url))
    keys_.erase(
        std::ranges::min_element(keys_, {}, [](const auto& row) { return row.second.fetched; }));
  keys_[url] = {std::move(set), now};
}

std::vector<RefusalCount> Keeper::refusals(Instant now,
                                           std::chrono::system_clock::time_point wall) const {
  using Wall = std::chrono::system_clock::duration;
  std::vector<RefusalCount> counts;
  for (const auto& [account, purse] : purses_) {
    const Lockout& lockout = purse.lockout;
    if (lockout.refused() > 0)
      counts.push_back({account, lockout.refused(),
                        wall - std::chrono::duration_cast<Wall>(now - lockout.last())});
  }
  return counts;
}

void Keeper::restore(const std::vector<RefusalCount>& counts, Instant now,
                     std::chrono::system_clock::time_point wall) {
  for (const auto& [account, refused, last] : counts)
    purse(account, now).lockout.restore(refused, now - std::max<Span>(wall - last, Span{}));
}

void remember(Purse& purse, const Token& token, Instant now) {
  purse.token = token;
  purse.got = now;
  if (token.lifetime) return;
  const auto claims = read_claims(token.value);
  if (claims && claims->expires && claims->issued && *claims->expires > *claims->issued)
    purse.token->lifetime = std::chrono::seconds(*claims->expires - *claims->issued);
}

const Token* reusable(const Purse& purse, double share, Instant now) {
  if (!purse.token || !purse.token->lifetime || share <= 0) return nullptr;
  const auto life = std::chrono::duration<double>(*purse.token->lifetime) * share;
  return now - purse.got < life ? &*purse.token : nullptr;
}

}  // namespace sonde::auth
