#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/access/hidden.hpp"
#include "daemon/access/password_queue.hpp"

namespace sonde::access {

// The names that a password may belong to, and their bcrypt hashes.
using Users = std::map<std::string, Hidden>;

// Checks names and passwords against bcrypt hashes on two threads of low priority, because a check
// takes 50 ms to seconds; PasswordQueue decides in which order. Remembers the newest 64 pairs that
// were right, as keyed digests; those are answered at once. A name that is not known takes as long
// as one that is. Call it on the executor's thread only.
class PasswordChecker {
 public:
  enum class Answer : std::uint8_t { right, wrong, busy };
  using Done = std::function<void(Answer)>;

  static constexpr std::size_t remembered_max = 64;

  explicit PasswordChecker(boost::asio::any_io_executor executor);
  // Does not wait for a check that runs: its thread ends with it, and its answer is dropped.
  ~PasswordChecker();
  PasswordChecker(const PasswordChecker&) = delete;
  PasswordChecker& operator=(const PasswordChecker&) = delete;

  // `users` is not empty; `client` is an address. `done` is called once, at once or on the
  // executor: busy if the check is turned away. Equal questions share a check.
  void check(const Users& users, const std::string& name, const Hidden& password,
             const std::string& client, Done done);

 private:
  struct Shared;
  struct Waiting {
    Hidden password, hash;
    bool user_known = false;
    std::vector<Done> done;
  };
  std::string digest(std::string_view name, std::string_view hash, std::string_view password) const;
  const Hidden& hash_for(const Users& users, const std::string& name) const;
  bool is_remembered(const std::string& digest);
  void run_next();
  void turn_away(const std::string& digest);
  void take_answer(const std::string& digest, bool right);

  std::string key_;
  std::shared_ptr<Shared> shared_;
  std::map<std::string, Waiting> waiting_;  // by digest; also those that run
  PasswordQueue queue_;
  std::size_t running_ = 0;            // checks that the threads have
  std::list<std::string> remembered_;  // digests, the last used first
};

}  // namespace sonde::access
