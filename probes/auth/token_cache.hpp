#pragma once
#include <chrono>
#include <compare>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "config/secret.hpp"
#include "probes/auth/async_mutex.hpp"
#include "probes/auth/errands.hpp"
#include "probes/auth/issued_table.hpp"
#include "probes/auth/login_guard.hpp"
#include "probes/auth/state_file.hpp"
#include "probes/auth/token.hpp"
#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"
#include "probes/core/trace.hpp"

namespace sonde::auth {

// The refresh tokens of an account, each issued in exchange for the previous one. A run that
// redeems one holds the gate until the new one is stored.
struct Chain {
  AsyncMutex gate;
  std::string refresh;        // the valid one, as far as known; empty: none
  std::string refused_first;  // the configured one, if it was refused
  // The digests of configured ones for which a successor came, oldest first, at most 32. Servers
  // that rotate tokens revoke all of them when one is shown again (RFC 9700 section 4.14.2).
  std::vector<std::string> redeemed_firsts;
  std::shared_ptr<StateFile> file;  // null: not opened yet, or none
  bool unanswered = false;  // one was sent, and its run was cancelled before the answer came
  int given_up_on = 0;      // how often such an answer did not come in time
  bool given_up = false;    // the file is to be released as soon as it is not in use

  // If there is no token yet, takes the one that an earlier process stored in the file, or else
  // `first`. An empty `path` means that there is no file. Where the file does not say which `first`
  // its token comes from, it is the present one. Fails with own_secret.
  std::expected<void, Failure> load(const std::string& path, const config::Secret& first);
  // Sets the valid token; it is on disk before this returns. If the one before it was a `first`,
  // that is redeemed. Fails with own_secret.
  std::expected<void, Failure> keep(const std::string& token);
  // Takes the configured token as the valid one.
  void take_first(const std::string& first);
  bool has_redeemed(const std::string& first) const;
  // Releases the file if that is requested; its content is read again later.
  void rest();

 private:
  std::expected<void, Failure> read_file(const std::string& path);
  std::expected<void, Failure> write_file() const;
  void note_redeemed(const std::string& digest);
  std::string first_digest_;  // of `refresh`, if it is the configured one
};

struct KeySet;

// An account as its target sees it, whatever its name in the configuration: `user` is a digest of
// the name of the user or client that logs in.
struct Owner {
  std::string target, user;
  auto operator<=>(const Owner&) const = default;
};

// The login and identity that a token comes from. `version` changes with the configuration of the
// login, so that a reload that changes it discards the token.
struct Account {
  Owner owner;
  std::string login, identity, version;
  auto operator<=>(const Account&) const = default;
};

// A token that has expired or will expire.
struct ExpiringToken {
  std::string value;
  Instant expires{};
};

// The cached state of the logins of one account by one method.
struct CachedLogin {
  Instant used{};  // last use

  std::optional<Token> token;          // of the last login
  Instant got{};                       // when the answer came
  std::optional<Span> life;            // how long after that it is certainly valid
  std::optional<Span> cookies_live;    // until the first of its cookies expires
  bool cookies_end = false;            // all of its cookies have an expiry time
  bool proven = false;                 // a session got ready with it
  std::optional<ExpiringToken> aging;  // the first token after `aged` was set; replaces it later
  std::optional<ExpiringToken> aged;   // expired; used by a refusal check
};

// What the logins of one worker cache; used only on its thread, so it needs no lock. An account
// that was not used for a week is dropped when a new one is added, and the oldest key set when
// there are more than 100.
class TokenCache {
 public:
  // The account's entry, created if missing. The reference is valid as long as the account is used.
  CachedLogin& cached(const Account& account, Instant now);
  // The guard that keeps all logins of an account together from locking it, by any method.
  std::shared_ptr<LoginGuard> guard(const Owner& account, Instant now);
  // The refresh tokens of a login of the account, regardless of other changes to its configuration;
  // `file`: where they are stored, or empty.
  std::shared_ptr<Chain> chain(const Account& account, const std::string& file, Instant now);
  // Releases all state files, because a reload may have assigned them to other logins; a login that
  // needs one opens it again.
  void give_back_files();
  Errands& errands() { return errands_; }

  // Published key sets by their URL.
  struct Published {
    std::shared_ptr<const KeySet> set;
    Instant fetched{};
    std::deque<std::string> sought = {};  // key ids that they were fetched for, and not verified
    int early = 0;                        // fetches for further ones before it was time
  };
  // Null: none were fetched. The pointer holds until keys are put.
  Published* keys(const std::string& url);
  // In the place of earlier ones of the address; what was sought is kept.
  void put_keys(const std::string& url, std::shared_ptr<const KeySet> set, Instant now);

  // Records what a login at the target gave: its tokens, its cookies of 8 bytes and more, and the
  // secrets that it captured. The last 32 of each target are kept, and the digests of more.
  void note_issued(const std::string& target, const Token& token);
  // Hides these in `trace`, because a target's answer may contain them long after the run that they
  // were given to; of those of which digests are kept, what stands in the trace or in `detail`.
  void hide_issued(const std::string& target, Trace& trace, std::string_view detail) const;
  // The digests; see IssuedTable.
  IssuedTable& issued() { return *digests_; }

  // From now on accounts are counted in this shared table, and the digests of what was issued are
  // in that one; call it before any login.
  void share(std::shared_ptr<LockoutTable> table) { lockouts_ = std::move(table); }
  void share(std::shared_ptr<IssuedTable> table) { digests_ = std::move(table); }
  const LockoutTable& lockouts() const { return *lockouts_; }
  // Accounts whose last login was rejected.
  std::vector<Owner> refused() const;

 private:
  struct Guarded {
    Instant used{};  // last use
    std::shared_ptr<LoginGuard> guard = nullptr;
  };
  struct Chained {
    Instant used{};  // last use
    std::shared_ptr<Chain> chain = std::make_shared<Chain>();
  };
  std::shared_ptr<LockoutTable> lockouts_ = LockoutTable::in_memory();
  std::map<Account, CachedLogin> purses_;
  std::map<Owner, Guarded> guards_;
  std::map<std::tuple<Owner, std::string, std::string>, Chained> chains_;  // and login, file
  Errands errands_;
  std::map<std::string, Published> keys_;
  std::map<std::string, std::deque<std::string>> issued_;  // by target, newest first
  std::shared_ptr<IssuedTable> digests_ = IssuedTable::in_memory();
};

// Caches the token of a login for reuse. Its life ends with the earliest of expires_in, its own exp
// by the clock of the issuing server, and its cookie. It has certainly expired after the latest of
// them.
void remember(CachedLogin& cached, const Token& token, Instant now,
              std::chrono::system_clock::time_point wall);

// Returns a token of the account that the server issued and that expired at least five minutes ago,
// which no server's leeway covers. Empty: no token with a known life is that old yet.
std::optional<ExpiringToken> expired(CachedLogin& cached, Instant now);

// Returns a token to use again: until `share` (0 to 1) of its life is over, if its life is known,
// and never in the last ten seconds or the last tenth of it. `by_cookies`: its cookies are used
// too. Null: there is none, or it is too old.
const Token* reusable(const CachedLogin& cached, double share, Instant now,
                      bool by_cookies = false);

}  // namespace sonde::auth
