#include "probes/auth/keeper.hpp"

#include <algorithm>
#include <utility>

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

constexpr Span forgotten_after = std::chrono::hours(24 * 7);
constexpr std::size_t key_sets_max = 100, issued_max = 16;
constexpr Span leeway_max = std::chrono::minutes(5);

// What the claims of a token say of its life.
std::optional<Span> lifetime_of(std::string_view token) {
  const auto claims = read_claims(token);
  if (!claims || !claims->expires || !claims->issued || *claims->expires <= *claims->issued)
    return std::nullopt;
  return std::chrono::seconds(*claims->expires - *claims->issued);
}

// The row of an account, made where there is none; then those that nobody uses any more go.
template <class Rows>
auto& used_now(Rows& rows, const typename Rows::key_type& account, Instant now) {
  auto found = rows.find(account);
  if (found == rows.end()) {
    std::erase_if(rows, [now](const auto& row) { return now - row.second.used > forgotten_after; });
    found = rows.try_emplace(account).first;
  }
  found->second.used = now;
  return found->second;
}

}  // namespace

Purse& Keeper::purse(const Account& account, Instant now) {
  return used_now(purses_, account, now);
}

std::shared_ptr<LoginGuard> Keeper::guard(const Owner& account, Instant now) {
  return used_now(guards_, account, now).guard;
}

std::shared_ptr<Chain> Keeper::chain(const Account& account, const std::string& file, Instant now) {
  return used_now(chains_, {account.owner, account.login, file}, now).chain;
}

void Keeper::give_back_files() {
  for (auto& [key, row] : chains_) {
    row.chain->given_up = true;
    if (row.chain.use_count() == 1) row.chain->rest();
  }
}

const Keeper::Published* Keeper::keys(const std::string& url) const {
  const auto found = keys_.find(url);
  return found == keys_.end() ? nullptr : &found->second;
}

void Keeper::put_keys(const std::string& url, std::shared_ptr<const KeySet> set, Instant now) {
  if (keys_.size() >= key_sets_max && !keys_.contains(url))
    keys_.erase(
        std::ranges::min_element(keys_, {}, [](const auto& row) { return row.second.fetched; }));
  keys_[url] = {std::move(set), now};
}

void Keeper::note_issued(const std::string& target, const Token& token) {
  auto& known = issued_[target];
  for (const std::string* text : {&token.refresh, &token.value}) {
    if (text->empty()) continue;
    std::erase(known, *text);
    known.push_front(*text);
  }
  known.resize(std::min(known.size(), issued_max));
}

void Keeper::hide_issued(const std::string& target, Trace& trace) const {
  const auto known = issued_.find(target);
  if (known == issued_.end()) return;
  std::size_t left = Secrets::bytes_max / 4;
  for (const std::string& text : known->second) {
    if (text.size() > left) return;
    left -= text.size();
    hide(trace, text);
  }
}

std::vector<RefusalCount> Keeper::refusals(Instant now,
                                           std::chrono::system_clock::time_point wall) const {
  using Wall = std::chrono::system_clock::duration;
  std::vector<RefusalCount> counts;
  for (const auto& [account, guarded] : guards_) {
    const Lockout& lockout = guarded.guard->lockout;
    if (lockout.refused() > 0)
      counts.push_back({account, lockout.refused(),
                        wall - std::chrono::duration_cast<Wall>(now - lockout.last())});
  }
  return counts;
}

void Keeper::restore(const std::vector<RefusalCount>& counts, Instant now,
                     std::chrono::system_clock::time_point wall) {
  for (const auto& [account, refused, last] : counts)
    guard(account, now)->lockout.restore(refused, now - std::max<Span>(wall - last, Span{}));
}

void remember(Purse& purse, const Token& token, Instant now) {
  purse.token = token;
  purse.got = now;
  if (!token.lifetime) purse.token->lifetime = lifetime_of(token.value);
  expired(purse, now);
  if (!purse.aging && purse.token->lifetime && !token.value.empty())
    purse.aging = Aging{token.value, now + *purse.token->lifetime};
}

// The youngest of the old ones: its key may be gone before the token is forgotten.
std::optional<Aging> expired(Purse& purse, Instant now) {
  if (purse.aging && now - purse.aging->expires >= leeway_max)
    purse.aged = std::exchange(purse.aging, std::nullopt);
  return purse.aged;
}

const Token* reusable(const Purse& purse, double share, Instant now) {
  if (!purse.token || !purse.token->lifetime || share <= 0) return nullptr;
  const auto life = std::chrono::duration<double>(*purse.token->lifetime) * share;
  return now - purse.got < life ? &*purse.token : nullptr;
}

}  // namespace sonde::auth
