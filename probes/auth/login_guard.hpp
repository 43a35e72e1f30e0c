#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/async_mutex.hpp"
#include "probes/auth/lockout.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::auth {

// What is about to be sent with the credentials of an account.
struct Showing {
  bool goes_on = false;       // see Lockout::begin
  std::uint16_t mark = 0;     // of the credentials
  std::string question = {};  // of a request outside logins that shows the secret; empty: a login
  Span* waited = nullptr;     // the time that is spent waiting is added to it
};

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
    // The answer to its question was the expected one.
    void accept() { accepted_ = true; }
    // No answer will be known. It counts as a rejection until its question is accepted.
    void count_unknown() { unknown_ = true; }
    // Ends the trial before the object is destroyed.
    void end();
    bool counts() const { return guard_ != nullptr; }
    // The run was cancelled, and the answer is awaited without it.
    void outlives_run();
    // Call before a redirect is followed with the credentials: each time they are shown may count
    // against the account. False: they may not be shown again. Always true if it is not counted.
    bool press_again();
    // The request shows a refresh token, not the user's own credentials.
    void shows_refresh_token(bool so) { redeems_ = so; }

   private:
    friend LoginGuard;
    std::shared_ptr<LoginGuard> guard_;  // null: not counted
    LockoutTable::Key question_ = 0;     // 0: a login
    std::uint16_t mark_ = 0;
    LockoutRules rules_;
    int presses_ = 1;  // how often the credentials were shown
    bool refused_ = false, accepted_ = false, unknown_ = false;
    bool redeems_ = false, late_ = false;
    bool after_cooldown_ = false;
  };

  // Waits while so many trials are under way that rejections of all of them would exceed `rules`.
  // Fails with suppressed as Lockout::held(), or if that many trials outlive their runs, because it
  // is not known when they are answered; fails with cut if the run is cancelled while it waits.
  // An accepted question ends the count only if the same question was rejected before, because
  // whether it depends on the secret is not known. Otherwise only those of its own trials are taken
  // off whose outcome is unknown, and one rejection if it was the trial after a cooldown.
  boost::asio::awaitable<std::expected<Trial, Failure>> begin(const LockoutRules& rules,
                                                              Showing what = {});
  // As in Lockout.
  std::optional<Failure> held(const LockoutRules& rules, Instant now, std::uint16_t mark);
  int counted(Instant now);
  void succeeded(Instant now);
  void redeemed(Instant now);
  void quiet(Span wanted, Span most, Instant now);
  // Rejections in a row.
  int refused(Instant now);
  // The answer to a question that came when its trial was over; an empty question proves nothing.
  void refused_late(std::uint16_t mark, const std::string& question, Instant now);
  void accepted_late(const std::string& question, Instant now);

  // The right to show a wrong password on purpose, until the right one was taken after it: the
  // wrong ones of several checks in a row could lock the account. One at a time for all users of
  // the table.
  class WrongPassword {
    friend LoginGuard;
    WrongPassword(AsyncMutex::Pass pass, LockoutTable::Claim claim)
        : pass_(std::move(pass)), claim_(std::move(claim)) {}
    AsyncMutex::Pass pass_;
    LockoutTable::Claim claim_;
  };
  // Waits for it; fails with cut if the run is cancelled meanwhile.
  boost::asio::awaitable<std::expected<WrongPassword, Failure>> claim_wrong_password();

  Lockout lockout;

 private:
  // Reads what others did from the table; writes the counts that were added here.
  void read(Instant now);
  void read_quiet(const LockoutTable::Quiet& quiet, Instant now);
  void write(Instant now);
  // A place that was taken here, unless others changed the counts meanwhile: false.
  bool write_place(Instant now);
  void call_waiters();
  // The row of a question in the table: a mark if it was rejected, its trials whose outcome is
  // unknown, and those under way. After a crash these are of unknown outcome too.
  LockoutTable::Key key_of(const std::string& question) const;
  RefusalCounts change(LockoutTable::Key question, const std::function<void(RefusalCounts&)>& what);
  void accepted(LockoutTable::Key question, bool after_cooldown, Instant now);

  AsyncMutex wrong_password_;  // its waiters come in order; those of other workers try again
  std::shared_ptr<LockoutTable> table_;
  LockoutTable::Key key_;
  RefusalCounts known_;  // as last read from the table
  std::int64_t known_last_ = 0;
  LockoutTable::Quiet known_quiet_;
  Instant written_{};             // the last rejection or trial written to the table
  std::vector<Waiter*> waiting_;  // in order of arrival
};

}  // namespace sonde::auth
