#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/view.hpp"
#include "daemon/store/database.hpp"
#include "probes/core/trace.hpp"
#include "probes/core/verdict.hpp"

namespace sonde::store {

// Times are stored as milliseconds since 1970.
std::int64_t as_stored(WallTime at);
WallTime as_wall(std::int64_t stored);

// Recurring texts (checks, series, outcomes, steps, reasons) are stored once, and named by an id.

// Ids for the texts that are written.
class Names {
 public:
  explicit Names(Database& database) : database_(database) {}
  // creates a new id if needed; call it inside a transaction
  std::int64_t id(std::string_view name);
  std::int64_t id(Phase phase);  // each result has several, so this is fast
  // Call after a rolled-back transaction: the ids that it created do not exist.
  void forget() {
    known_.clear();
    phases_ = {};
  }

 private:
  Database& database_;
  std::map<std::string, std::int64_t, std::less<>> known_;
  std::array<std::int64_t, static_cast<std::size_t>(Phase::diagnose) + 1>
      phases_{};  // 0: not known
};

// All texts by id, to read rows.
class NamesById {
 public:
  NamesById() = default;
  explicit NamesById(Database& database) { update(database); }
  // Reads those that came since; call it outside a transaction. A text never goes.
  void update(Database& database);

  const std::string* find(std::int64_t id) const;  // null: unknown
  // The verdict from the ids of its names, without detail; nullopt: one of them is unknown, as a
  // reason of a newer version is. `concluded` is the id of the concluded cause; 0: none.
  std::optional<Verdict> verdict(std::int64_t outcome, std::int64_t step, std::int64_t reason,
                                 std::int64_t concluded) const;

 private:
  template <class Named>
  std::optional<Named> named(std::int64_t id, std::optional<Named> (*find)(std::string_view)) const;

  std::map<std::int64_t, std::string> names_;
  std::int64_t newest_ = 0;
};

}  // namespace sonde::store
