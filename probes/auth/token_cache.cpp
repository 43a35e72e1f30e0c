#include "probes/auth/token_cache.hpp"

#include <algorithm>
#include <utility>

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

constexpr Span forgotten_after = std::chrono::hours(24 * 7);
constexpr std::size_t key_sets_max = 100, issued_max = 16;
constexpr Span leeway_max = std::chrono::minutes(5), margin_max = std::chrono::seconds(10);

// Lifetime of a token from `answered`, by its own claims.
std::optional<Span> left_by_claims(const Token& token, WallTime answered) {
  const auto claims = read_claims(token.value);
  if (!claims || !claims->expires) return std::nullopt;
  const auto server = answered.time_since_epoch() + token.skew.value_or(Span{});
  const Span left = std::max(std::chrono::seconds(*claims->expires) - server, Span{});
  if (token.skew || !claims->issued || *claims->expires <= *claims->issued) return left;
  // Only our own clock gives its age, and it may be wrong.
  const Span whole = std::chrono::seconds(*claims->expires - *claims->issued);
  return left > Span{} ? std::min(left, whole) : whole;
}

struct Life {
  std::optional<Span> safe, longest;
  void add(Span says) {
    safe = std::min(safe.value_or(says), says);
    longest = std::max(longest.value_or(says), says);
  }
};

Life life_of(const Token& token, WallTime answered) {
  Life life;
  if (token.value.empty() && !token.lifetime) return life;
  if (token.lifetime) life.add(*token.lifetime);
  if (const auto left = left_by_claims(token, answered)) life.add(*left);
  for (const auto& cookie : token.cookies.all())
    if (cookie.expires && cookie.value == token.value) life.add(*cookie.expires - answered);
  return life;
}

// The row of an account, created if missing; then removes rows that were not used for a long time.
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

CachedLogin& TokenCache::cached(const Account& account, Instant now) {
  return used_now(purses_, account, now);
}

std::shared_ptr<LoginGuard> TokenCache::guard(const Owner& account, Instant now) {
  auto& guard = used_now(guards_, account, now).guard;
  if (!guard)
    guard =
        std::make_shared<LoginGuard>(lockouts_, LockoutTable::key_of(account.target, account.user));
  return guard;
}

std::shared_ptr<Chain> TokenCache::chain(const Account& account, const std::string& file,
                                         Instant now) {
  return used_now(chains_, {account.owner, account.login, file}, now).chain;
}

void TokenCache::give_back_files() {
  for (auto& [key, row] : chains_) {
    row.chain->given_up = true;
    if (row.chain.use_count() == 1) row.chain->rest();
  }
}

TokenCache::Published* TokenCache::keys(const std::string& url) {
  const auto found = keys_.find(url);
  return found == keys_.end() ? nullptr : &found->second;
}

void TokenCache::put_keys(const std::string& url, std::shared_ptr<const KeySet> set, Instant now) {
  if (keys_.size() >= key_sets_max && !keys_.contains(url))
    keys_.erase(
        std::ranges::min_element(keys_, {}, [](const auto& row) { return row.second.fetched; }));
  Published& known = keys_[url];
  known.set = std::move(set);
  known.fetched = now;
}

void TokenCache::note_issued(const std::string& target, const Token& token) {
  auto& known = issued_[target];
  for (const std::string* text : {&token.refresh, &token.value}) {
    if (text->empty()) continue;
    std::erase(known, *text);
    known.push_front(*text);
  }
  known.resize(std::min(known.size(), issued_max));
}

void TokenCache::hide_issued(const std::string& target, Trace& trace) const {
  const auto known = issued_.find(target);
  if (known == issued_.end()) return;
  std::size_t left = Secrets::bytes_max / 4;
  for (const std::string& text : known->second) {
    if (text.size() > left) return;
    left -= text.size();
    hide(trace, text);
  }
}

std::vector<Owner> TokenCache::refused() const {
  std::vector<Owner> accounts;
  for (const auto& [account, guarded] : guards_)
    if (guarded.guard->lockout.refused() > 0) accounts.push_back(account);
  return accounts;
}

void remember(CachedLogin& cached, const Token& token, Instant now,
              std::chrono::system_clock::time_point wall) {
  cached.token = token;
  cached.got = token.at.value_or(now);
  const WallTime answered = std::chrono::floor<std::chrono::seconds>(wall - (now - cached.got));
  const Life life = life_of(token, answered);
  cached.life = life.safe;
  cached.proven = false;
  cached.cookies_live.reset();
  cached.cookies_end = !token.cookies.empty();
  for (const auto& cookie : token.cookies.all()) {
    cached.cookies_end &= cookie.expires.has_value();
    if (!cookie.expires) continue;
    const Span left = *cookie.expires - answered;
    cached.cookies_live = std::min(cached.cookies_live.value_or(left), left);
  }
  expired(cached, now);
  if (!cached.aging && life.longest && !token.value.empty())
    cached.aging = ExpiringToken{token.value, cached.got + *life.longest};
}

// The youngest of the old ones, because the server may have dropped the keys of older tokens.
std::optional<ExpiringToken> expired(CachedLogin& cached, Instant now) {
  if (cached.aging && now - cached.aging->expires >= leeway_max)
    cached.aged = std::exchange(cached.aging, std::nullopt);
  return cached.aged;
}

const Token* reusable(const CachedLogin& cached, double share, Instant now, bool by_cookies) {
  std::optional<Span> life = cached.life;
  if (by_cookies && cached.cookies_live && (life || cached.cookies_end))
    life = std::min(life.value_or(*cached.cookies_live), *cached.cookies_live);
  if (!cached.token || !life || share <= 0) return nullptr;
  const Span margin = std::min<Span>(margin_max, *life / 10);
  const auto end = std::min(std::chrono::duration<double>(*life) * share,
                            std::chrono::duration<double>(*life - margin));
  return now - cached.got < end ? &*cached.token : nullptr;
}

}  // namespace sonde::auth
