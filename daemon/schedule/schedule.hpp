#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::schedule {

// The offset of a check within its period, in [0, every); the same in every process.
Span phase_of(std::string_view name, std::string_view target, Span every);

// A tick that is due.
struct Tick {
  std::size_t id = 0;
  Instant scheduled;          // the latest one that is due
  std::uint32_t skipped = 0;  // earlier ones that were missed; they are not made up for
};

// When each check is due. Pure: times are arguments, and it has no timer. A check is due at phase +
// n * every since the epoch of the monotonic clock, so a restart does not move it.
class Schedule {
 public:
  // Adds a check, from its first tick after `now`. `id` is chosen by the caller and unique; `every`
  // > 0.
  void add(std::size_t id, Span phase, Span every, Instant now);
  void remove(const std::set<std::size_t>& ids);

  // Every check that is due, ordered by tick; each at most once.
  std::vector<Tick> take_due(Instant now);
  // When the next tick is due; nullopt if there is none.
  std::optional<Instant> next() const;
  // The last tick within `window` of the next one (the next one itself if no other follows): waking
  // up then takes all of them at once. nullopt if there is none.
  std::optional<Instant> last_within(Span window) const;
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Instant at;
    Span every;
    std::size_t id;
  };
  Instant last_below(std::size_t root, Instant limit) const;
  static bool later(const Entry& one, const Entry& other) { return one.at > other.at; }

  std::vector<Entry> heap_;  // earliest first
};

}  // namespace sonde::schedule
