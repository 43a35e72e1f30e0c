#pragma once
#include <compare>
#include <map>
#include <string>

#include "probes/clock.hpp"

namespace sonde::auth {

// Whose login it is. `version` differs if what shapes the login differs, so that a reload that
// changes it takes nothing over.
struct Account {
  std::string target, login, identity, version;
  auto operator<=>(const Account&) const = default;
};

// What the logins of one account know of one another.
struct Purse {
  Instant used{};  // last
};

// What the logins of one worker remember; used on its thread only, so it needs no lock. An
// account that was not used for a week is forgotten when another comes.
class Keeper {
 public:
  // The account's purse, made where there is none. The reference holds as long as the account
  // is used.
  Purse& purse(const Account& account, Instant now);

 private:
  std::map<Account, Purse> purses_;
};

}  // namespace sonde::auth
