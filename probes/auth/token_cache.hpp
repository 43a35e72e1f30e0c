#pragma once
#include <chrono>
#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "probes/auth/chain.hpp"
#include "probes/auth/errands.hpp"
#include "probes/auth/login_guard.hpp"
#include "probes/auth/token.hpp"
#include "probes/core/clock.hpp"
#include "probes/core/trace.hpp"

namespace sonde::auth {

struct KeySet;

// An account as its target counts it, whatever the file calls it: `user` is a digest of the name of
// the user or client that logs in.
struct Owner {
  std::string target, user;
  auto operator<=>(const Owner&) const = default;
};

// By which login of whose a token comes. `version` differs if what shapes the login differs, so
// that a reload that changes it takes no token over.
struct Account {
  Owner owner;
  std::string login, identity, version;
  auto operator<=>(const Account&) const = default;
};

// A token that is good no longer, or will be.
struct ExpiringToken {
  std::string value;
  Instant expires{};
};

// What the logins of one account by one way know of one another.
struct CachedLogin {
  Instant used{};  // last

  std::optional<Token> token;        // of the last login
  Instant got{};                     // when the answer came
  std::optional<Span> life;          // from then on, as long as it is surely good
  std::optional<Span> cookies_live;  // until the first of its cookies ends
  bool cookies_end = false;          // all of them say when
  bool proven = false;               // a session got ready with it
  std::optional<ExpiringToken>
      aging;  // the first token after `aged` was taken; it becomes the next one
  std::optional<ExpiringToken> aged;  // expired, for a refusal check
};

// What the logins of one worker remember; used on its thread only, so it needs no lock. An
// account that was not used for a week is forgotten when another comes, and of more than 100
// addresses of keys the oldest.
class TokenCache {
 public:
  // The account's purse, made where there is none. The reference holds as long as the account
  // is used.
  CachedLogin& purse(const Account& account, Instant now);
  // What keeps all the logins of an account together from locking it, whichever way they go.
  std::shared_ptr<LoginGuard> guard(const Owner& account, Instant now);
  // The refresh tokens of a login of it, whatever else of its configuration changed meanwhile;
  // `file`: where they are kept, or nothing.
  std::shared_ptr<Chain> chain(const Account& account, const std::string& file, Instant now);
  // Lets go of the files of all of them, for a reload may have given them to other logins; whoever
  // needs one takes it again.
  void give_back_files();
  Errands& errands() { return errands_; }

  // Published keys by their address.
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

  // A token that a login at the target gave. Of those of a target the last 16 are known.
  void note_issued(const std::string& target, const Token& token);
  // Hides them, for a target may speak of them long after the run that they were given to.
  void hide_issued(const std::string& target, Trace& trace) const;

  // From now on the accounts count in this table, which others have as well; before any login.
  void share(std::shared_ptr<LockoutTable> table) { lockouts_ = std::move(table); }
  const LockoutTable& lockouts() const { return *lockouts_; }
  // Whose logins were refused last time.
  std::vector<Owner> refused() const;

 private:
  struct Guarded {
    Instant used{};  // last
    std::shared_ptr<LoginGuard> guard = nullptr;
  };
  struct Chained {
    Instant used{};  // last
    std::shared_ptr<Chain> chain = std::make_shared<Chain>();
  };
  std::shared_ptr<LockoutTable> lockouts_ = LockoutTable::in_memory();
  std::map<Account, CachedLogin> purses_;
  std::map<Owner, Guarded> guards_;
  std::map<std::tuple<Owner, std::string, std::string>, Chained> chains_;  // and login, file
  Errands errands_;
  std::map<std::string, Published> keys_;
  std::map<std::string, std::deque<std::string>> issued_;  // by target, the latest first
};

// Keeps the token of a login for reuse. Its life ends where the first of these does: expires_in,
// its own exp by the clock of the server that gave it, its cookie. It is surely over where the last
// does.
void remember(CachedLogin& purse, const Token& token, Instant now,
              std::chrono::system_clock::time_point wall);

// A token of the account that the server issued and that expired five minutes ago or more, which no
// leeway of a server covers. Empty: none of known life is so old yet.
std::optional<ExpiringToken> expired(CachedLogin& purse, Instant now);

// A token is used again until `share` (0 to 1) of its life is over, if its life is known, and never
// in the last ten seconds or the last tenth of it. `by_cookies`: its cookies are used as well.
// Null: there is none, or it is too old.
const Token* reusable(const CachedLogin& purse, double share, Instant now, bool by_cookies = false);

}  // namespace sonde::auth
