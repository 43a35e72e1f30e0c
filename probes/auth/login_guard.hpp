#pragma once
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/async_mutex.hpp"
#include "probes/auth/lockout.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::auth {

// Prevents the logins of one account from locking it: every request with its credentials asks here
// first, and reports its outcome. The counts are in a table that others change too. Used only on
// the worker's thread; kept alive by the account and the trials under way.
class LoginGuard : public std::enable_shared_from_this<LoginGuard> {
  struct Waiter;

 public:
  // `table` holds the counts under `key`; null: counts only in this object.
  explicit LoginGuard(std::shared_ptr<LockoutTable> table = nullptr, LockoutTable::Key key = 0)
      : table_(std::move(table)), key_(key) {}

  // A request that carries credentials, from before it is sent until its outcome is known. Its end
  // lets the next one start.
  class Trial {
   public:
    Trial() = default;  // not counted
    ~Trial() { end(); }
    Trial(Trial&&) = default;
    Trial& operator=(Trial&& other) noexcept;

    // Reports an answer; may be called several times. A rejection is a status with is_refusal(), or
    // the reason credentials or account_locked. At most one rejection is counted.
    void judge(int status, Reason reason);
    void refuse() { refused_ = true; }
    // Ends the trial before the object is destroyed.
    void end();
    bool counts() const { return guard_ != nullptr; }
    // The run was cancelled, and the answer is awaited without it.
    void outlives_run();
    // The request shows a refresh token, not the user's own credentials.
    void shows_refresh_token(bool so) { redeems_ = so; }

   private:
    friend LoginGuard;
    Trial(std::shared_ptr<LoginGuard> guard, std::uint16_t mark)
        : guard_(std::move(guard)), mark_(mark) {}
    std::shared_ptr<LoginGuard> guard_;  // null: not counted
    bool refused_ = false, redeems_ = false, late_ = false;
    std::uint16_t mark_ = 0;
  };

  // Waits while so many trials are under way that rejections of all of them would exceed `rules`.
  // Fails with suppressed as Lockout::held(), or if that many trials outlive their runs, because it
  // is not known when they are answered; fails with cut if the run is cancelled while it waits.
  // `goes_on`: see Lockout::begin.
  boost::asio::awaitable<std::expected<Trial, Failure>> begin(const LockoutRules& rules,
                                                              bool goes_on = false,
                                                              std::uint16_t mark = 0);
  // As in Lockout.
  std::optional<Failure> held(const LockoutRules& rules, Instant now, std::uint16_t mark);
  int counted(Instant now);
  void succeeded(Instant now);
  void redeemed(Instant now);
  void quiet(Span wanted, Span most, Instant now);

  // The rules for the account; `own` are those of the login that asks now. Of all logins that asked
  // in the last two days, the fewest rejections and the longest cooldown apply.
  LockoutRules strictest(const std::string& login, const LockoutRules& own, Instant now);

  // Held by who shows a wrong password on purpose, until the right one was taken: the wrong ones of
  // several checks in a row could lock the account.
  AsyncMutex wrong_password;
  Lockout lockout;

 private:
  struct Asked {
    LockoutRules rules;
    Instant last{};
  };
  // Reads what others did from the table; writes the counts that were added here.
  void read(Instant now);
  void read_quiet(const LockoutTable::Quiet& quiet, Instant now);
  void write(Instant now);
  // A place that was taken here, unless others changed the counts meanwhile: false.
  bool write_place(Instant now);
  void call_waiters();

  std::shared_ptr<LockoutTable> table_;
  LockoutTable::Key key_;
  RefusalCounts known_;  // as last read from the table
  std::int64_t known_last_ = 0;
  LockoutTable::Quiet known_quiet_;
  Instant written_{};                   // the last rejection or trial written to the table
  std::map<std::string, Asked> asked_;  // by login
  std::vector<Waiter*> waiting_;        // in order of arrival
};

}  // namespace sonde::auth
