#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "probes/auth/lockout.hpp"
#include "probes/auth/mapped_file.hpp"

namespace sonde::auth {

// Counts how often accounts were rejected in a row, and until when their server is left alone, for
// all workers of a process and, if in a file, for all processes that use it. A change is visible to
// all at once, and survives the death of a process. Has room for 4096 accounts; an account without
// a row is counted by its user alone. Thread-safe and lock-free: a row is changed by one atomic
// operation. Passwords cannot be derived from it.
class LockoutTable {
  struct Slot;

 public:
  // Identifies a row: a digest of the account.
  using Key = std::uint64_t;
  static Key key_of(std::string_view target, std::string_view user);

  // A QuietTime by the wall clock: seconds since 1970, and seconds up to 4095.
  struct Quiet {
    std::int64_t until = 0;
    int granted = 0, wanted = 0;
    bool operator==(const Quiet&) const = default;
  };
  struct Row {
    RefusalCounts counts;
    std::int64_t last = 0;  // milliseconds since 1970 at the last refusal or begin of a login
    Quiet quiet = {};
  };

  // A table in the memory of this process.
  static std::shared_ptr<LockoutTable> in_memory();
  // In a file, for its owner alone (0600), made where there is none. If nobody else has it, logins
  // that were under way in it when a process was killed count as refused now. The error says why
  // not.
  static std::expected<std::shared_ptr<LockoutTable>, std::string> open(const std::string& path);
  ~LockoutTable();
  LockoutTable(const LockoutTable&) = delete;
  LockoutTable& operator=(const LockoutTable&) = delete;

  // nullopt: the account has no row.
  std::optional<Row> read(Key key) const;
  // The row becomes `now`, if its counts are `before`; false: others changed them, nothing was
  // done.
  bool replace(Key key, const RefusalCounts& before, const Row& now);
  // What became of a row that was `before`. What others counted meanwhile stays counted.
  void write(Key key, const RefusalCounts& before, const Row& now);
  // The account's server is left alone; of several such times, the one that ends last applies.
  void write(Key key, const Quiet& quiet);

  // The one claim of a key, which is not that of an account, for as long as the object lives. In a
  // file it is a lock of the kernel's, which ends with its process, however that ends.
  class Claim {
   public:
    Claim() = default;  // claims nothing
    ~Claim();
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&&) = delete;

   private:
    friend LockoutTable;
    std::shared_ptr<LockoutTable> table_;  // null, or the one whose slot is taken
    Slot* slot_ = nullptr;
    int file_ = -1;  // the descriptor that holds the lock
  };
  // nullopt: another user of the table has it.
  static std::optional<Claim> claim(const std::shared_ptr<LockoutTable>& table, Key key);

  // 14 bits: enough to distinguish sets of credentials, too few to derive them.
  std::uint16_t mark_of(std::string_view credentials) const;

 private:
  struct Content;
  LockoutTable(Content* content, std::optional<MappedFile> file, std::string path = "")
      : content_(content), file_(std::move(file)), path_(std::move(path)) {}
  void settle();
  Slot* find(Key key, bool make) const;

  Content* content_;
  std::optional<MappedFile> file_;  // with a shared lock; nullopt: the table is on the heap
  std::string path_;                // of the file
};

}  // namespace sonde::auth
