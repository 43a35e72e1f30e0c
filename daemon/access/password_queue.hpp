#pragma once
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::access {

// Decides which password is checked next, and who is turned away where too many wait, so that
// strangers who guess cannot keep others out. An address from which a right password came precedes
// one of which nothing is known, and that one precedes an address from which a wrong password came
// in the last ten minutes. Among equals, the first check of each address precedes the second of
// any. Where no place is left, the one that would come last goes. Bounded; pure.
class PasswordQueue {
 public:
  static constexpr std::size_t checks_max = 32;                     // that wait or run
  static constexpr std::size_t of_client_max = 4;                   // of one address
  static constexpr std::size_t known_max = 256, failed_max = 1024;  // addresses
  static constexpr Span failed_for = std::chrono::minutes(10);

  // Adds a check of `client`, an address. Returns the id of the check that has to go; it may be
  // this one.
  std::optional<std::string> add(std::string id, std::string client, Instant now);
  // The check to run now; nullopt: none waits. It counts until finish().
  std::optional<std::string> next(Instant now);
  void finish(const std::string& id, bool right, Instant now);
  // A right password came from there and was recognized without a check.
  void trust(const std::string& client) { remember_known(client); }

 private:
  struct Check {
    std::string id, client;
    bool runs = false;
  };
  struct Failure {
    std::string client;
    Instant at;
  };
  enum class Rank : std::uint8_t { known, unknown, failed };

  Rank rank_of(const std::string& client, Instant now) const;
  std::vector<std::list<Check>::iterator> in_order(Instant now);
  void remember_known(const std::string& client);

  std::list<Check> checks_;       // in the order in which they came
  std::list<std::string> known_;  // the last used first
  std::list<Failure> failed_;     // the newest first
};

}  // namespace sonde::access
