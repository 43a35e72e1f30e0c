#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::schedule {

// The place on the grid of a check: in [0, every), the same in every process.
Span phase_of(std::string_view name, std::string_view target, Span every);

// A beat that is due.
struct Tick {
  std::size_t id = 0;
  Instant scheduled;          // the latest one that has come
  std::uint32_t skipped = 0;  // earlier ones that nobody took, and that are never made up for
};

// What is due when. Pure: it is told the time and knows no timer. A check beats at
// phase + n * every since the epoch of the monotonic clock, so a restart keeps its place.
class Schedule {
 public:
  // From the first beat after `now` on. `id` is the caller's, and in use once; `every` > 0.
  void add(std::size_t id, Span phase, Span every, Instant now);
  void remove(const std::set<std::size_t>& ids);

  // Every check that is due, in the order of their beats; each at most once.
  std::vector<Tick> take_due(Instant now);
  // When the next beat is due; nothing if there is none.
  std::optional<Instant> next() const;
  // The last beat that is due within `window` of the next one, which is `next` if that is alone: to
  // be woken then takes all of them at once. Nothing if there is none.
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
