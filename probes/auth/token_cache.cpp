#include "probes/auth/token_cache.hpp"

#include <algorithm>
#include <utility>

#include "probes/auth/hide.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/unescape.hpp"

namespace sonde::auth {
namespace {

constexpr Span forgotten_after = std::chrono::hours(24 * 7);
constexpr std::size_t key_sets_max = 100, issued_max = 32, issued_min = 8;
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
  const auto note = [&](const std::string& text) {
    if (text.size() < issued_min) return;
    digests_->remember(text);
    std::erase(known, text);
    known.push_front(text);
  };
  for (const auto& [name, value] : token.named)
    if (is_secret(token, name)) note(value);
  for (const auto& cookie : token.cookies.all()) note(cookie.value);
  note(token.refresh);
  note(token.value);
  known.resize(std::min(known.size(), issued_max));
}

namespace {

// All texts that may be shown of a run, one a line.
std::string texts_of(const Trace& trace, std::string_view detail) {
  std::string all(detail);
  const auto add = [&](std::string_view text) { (all += '\n') += text; };
  add(trace.ending().reason);
  add(trace.separated);
  for (const Exchange& exchange : trace.exchanges()) {
    add(exchange.url);
    add(exchange.sent_body);
    add(exchange.body);
    for (const Headers* headers : {&exchange.sent, &exchange.received})
      for (const auto& [name, value] : *headers) add(value);
  }
  for (const FrameNote& frame : trace.frames()) {
    add(frame.text);
    add(frame.remark);
  }
  for (const ExperimentNote& experiment : trace.experiments()) add(experiment.answer);
  return all;
}

}  // namespace

void TokenCache::hide_issued(const std::string& target, Trace& trace,
                             std::string_view detail) const {
  std::size_t left = Secrets::bytes_max / 4;
  if (const auto known = issued_.find(target); known != issued_.end())
    for (const std::string& text : known->second) {
      if (text.size() > left) break;
      left -= text.size();
      hide(trace, text);
    }
  if (digests_->empty()) return;
  const std::string all = texts_of(trace, detail);
  const auto unescaped = text::unescape(all);
  for (const std::string& text : digests_->find(all)) hide(trace, text);
  if (!unescaped) return;
  for (const std::string& text : digests_->find(unescaped->bytes)) hide(trace, text);
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

namespace {

std::unexpected<Failure> own_file(const std::string& why) {
  return std::unexpected(Failure{Reason::own_secret, "state_file " + why});
}

// A state file: the token, and a line for each `first` that was redeemed.
constexpr std::string_view redeemed_line = "\nredeemed first, sha256: ";
constexpr std::size_t digest_size = 64, firsts_max = 32;

struct State {
  std::string token;
  std::vector<std::string> firsts;  // digests, oldest first
};

// A file with the token alone is one, too.
State read_state(std::string_view text) {
  State state;
  while (text.size() >= redeemed_line.size() + digest_size) {
    const std::size_t digest = text.size() - digest_size, line = digest - redeemed_line.size();
    if (text.substr(line, redeemed_line.size()) != redeemed_line) break;
    state.firsts.emplace(state.firsts.begin(), text.substr(digest));
    text = text.substr(0, line);
  }
  state.token = text;
  return state;
}

std::string state_text(const std::string& token, const std::vector<std::string>& firsts) {
  std::string text = token;
  for (const std::string& digest : firsts) (text += redeemed_line) += digest;
  return text;
}

}  // namespace

std::expected<void, Failure> Chain::read_file(const std::string& path) {
  if (!file) {
    auto opened = StateFile::open(path);
    if (!opened) return own_file(opened.error());
    file = std::move(*opened);
  }
  const auto text = file->read();
  if (!text) return own_file(text.error());
  auto [token, firsts] = read_state(*text);
  refresh = std::move(token);
  for (const std::string& digest : firsts) note_redeemed(digest);
  return {};
}

std::expected<void, Failure> Chain::write_file() const {
  if (!file) return {};
  if (auto written = file->write(state_text(refresh, redeemed_firsts)); !written)
    return own_file(written.error());
  return {};
}

void Chain::note_redeemed(const std::string& digest) {
  std::erase(redeemed_firsts, digest);
  redeemed_firsts.push_back(digest);
  if (redeemed_firsts.size() > firsts_max) redeemed_firsts.erase(redeemed_firsts.begin());
}

bool Chain::has_redeemed(const std::string& first) const {
  return std::ranges::find(redeemed_firsts, text::sha256(first)) != redeemed_firsts.end();
}

void Chain::take_first(const std::string& first) {
  refresh = first;
  first_digest_ = text::sha256(first);
}

std::expected<void, Failure> Chain::load(const std::string& path, const config::Secret& first) {
  if (!refresh.empty()) return {};
  first_digest_.clear();
  if (!path.empty())
    if (auto read = read_file(path); !read) return read;
  if (first.empty()) return {};
  auto configured = first.reveal();
  if (!configured) return std::unexpected(Failure{Reason::own_secret, configured.error()});
  if (refresh.empty() || refresh == *configured) {
    take_first(*configured);
    return {};
  }
  if (!redeemed_firsts.empty()) return {};
  note_redeemed(text::sha256(*configured));
  return write_file();
}

std::expected<void, Failure> Chain::keep(const std::string& token) {
  if (!first_digest_.empty() && text::sha256(token) != first_digest_)
    note_redeemed(std::exchange(first_digest_, {}));
  refresh = token;
  return write_file();
}

void Chain::rest() {
  if (!std::exchange(given_up, false) || !file) return;
  file.reset();
  refresh.clear();
}

}  // namespace sonde::auth
