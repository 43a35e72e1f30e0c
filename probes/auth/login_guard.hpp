#pragma once
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/lockout.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::auth {

// Keeps the logins of one account from locking it: whatever sends its credentials asks here first,
// and says what came of it. The counts are those of a table, which others change as well. Used on
// the worker's thread only; held by the account and by the trials under way.
class LoginGuard : public std::enable_shared_from_this<LoginGuard> {
  struct Waiter;

 public:
  // `table` has its counts as `key`; null: it counts alone.
  explicit LoginGuard(std::shared_ptr<LockoutTable> table = nullptr, LockoutTable::Key key = 0)
      : table_(std::move(table)), key_(key) {}

  // A request that carries credentials, from before it is sent until it is known what came of it.
  // Its end lets the next one go.
  class Trial {
   public:
    Trial() = default;  // one that is not counted
    ~Trial() { end(); }
    Trial(Trial&&) = default;
    Trial& operator=(Trial&& other) noexcept;

    // What was answered, as often as something was: a status that is_refusal(), or the reason
    // credentials or account_locked. One refusal is counted.
    void judge(int status, Reason reason);
    void refuse() { refused_ = true; }
    // Its end, where that comes before the object's.
    void end();
    bool counts() const { return guard_ != nullptr; }
    // The run was cut, and the answer is awaited without it.
    void outlives_run();
    // What is shown is a refresh token, and not the user's own credentials.
    void shows_refresh_token(bool so) { redeems_ = so; }

   private:
    friend LoginGuard;
    Trial(std::shared_ptr<LoginGuard> guard, std::uint16_t mark)
        : guard_(std::move(guard)), mark_(mark) {}
    std::shared_ptr<LoginGuard> guard_;  // null: not counted
    bool refused_ = false, redeems_ = false, late_ = false;
    std::uint16_t mark_ = 0;
  };

  // Waits while so many are under way that all of them refused would exceed `rules`, and fails with
  // suppressed where that many outlive their runs: nobody knows when those are answered. Fails with
  // suppressed as Lockout::held(), or with cut when the run is cut while it waits. `goes_on`: see
  // Lockout::begin.
  boost::asio::awaitable<std::expected<Trial, Failure>> begin(const LockoutRules& rules,
                                                              bool goes_on = false,
                                                              std::uint16_t mark = 0);
  // As of Lockout.
  std::optional<Failure> held(const LockoutRules& rules, Instant now, std::uint16_t mark);
  int counted(Instant now);
  void succeeded(Instant now);
  void redeemed(Instant now);

  // The rules that hold for the account, of which `own` are those of the login that asks now: of
  // all the logins that asked in the last two days the fewest refusals and the longest cooldown.
  LockoutRules strictest(const std::string& login, const LockoutRules& own, Instant now);

  Lockout lockout;

 private:
  struct Asked {
    LockoutRules rules;
    Instant last{};
  };
  // What others counted; and what was counted here since.
  void read(Instant now);
  void write(Instant now);
  // A place that was taken here, unless others changed the counts meanwhile: false.
  bool write_place(Instant now);
  void call_waiters();

  std::shared_ptr<LockoutTable> table_;
  LockoutTable::Key key_;
  RefusalCounts known_;  // as the table had them last
  std::int64_t known_last_ = 0;
  Instant written_{};                   // the last refusal or trial that the table was given
  std::map<std::string, Asked> asked_;  // by login
  std::vector<Waiter*> waiting_;        // in the order in which they came
};

}  // namespace sonde::auth
