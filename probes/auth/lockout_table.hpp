#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "probes/auth/lockout.hpp"

namespace sonde::auth {

// How often accounts were refused in a row, for all workers of a process and, in a file, for all
// processes that have it. A change is seen by all of them, and outlives the death of a process, as
// soon as it is made. Room for 4096 accounts; who finds none counts alone. Usable on any thread: a
// row is changed by one atomic operation, so nobody ever waits. No passwords can be learnt from it.
class LockoutTable {
 public:
  // A row, by a digest of its account.
  using Key = std::uint64_t;
  static Key key_of(std::string_view target, std::string_view user);

  struct Row {
    RefusalCounts counts;
    std::int64_t last = 0;  // milliseconds since 1970 at the last refusal or begin of a login
  };

  // In the memory of this process.
  static std::shared_ptr<LockoutTable> in_memory();
  // In a file, for its owner alone (0600), made where there is none. If nobody else has it, logins
  // that were under way in it when a process was killed count as refused now. The error says why
  // not.
  static std::expected<std::shared_ptr<LockoutTable>, std::string> open(const std::string& path);
  ~LockoutTable();
  LockoutTable(const LockoutTable&) = delete;
  LockoutTable& operator=(const LockoutTable&) = delete;

  // Empty: the account has none.
  std::optional<Row> read(Key key) const;
  // The row becomes `now`, if its counts are `before`; false: others changed them, nothing was
  // done.
  bool replace(Key key, const RefusalCounts& before, const Row& now);
  // What became of a row that was `before`. What others counted meanwhile stays counted.
  void write(Key key, const RefusalCounts& before, const Row& now);

  // 14 bits that tell one set of credentials from another, and too few to find out which.
  std::uint16_t mark_of(std::string_view credentials) const;

 private:
  struct Slot;
  struct Content;
  LockoutTable(Content* content, int file) : content_(content), file_(file) {}
  void settle();
  Slot* find(Key key, bool make) const;

  Content* content_;
  int file_;  // of which it is mapped, locked (shared); -1: it is on the heap
};

}  // namespace sonde::auth
