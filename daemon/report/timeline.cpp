#include <algorithm>
#include <cstddef>

#include "daemon/report/waterfall.hpp"

namespace sonde::report {
namespace {

bool encloses(Phase phase) {
  return phase == Phase::login || phase == Phase::discover || phase == Phase::upgrade ||
         phase == Phase::refuse || phase == Phase::isolation;
}

Instant end_of(const PhaseSpan& span) { return span.entered + span.took.value_or(Span::zero()); }

// Follows phases in order, and knows how many enclose the next one.
class Nesting {
 public:
  int depth_of(const PhaseSpan& span) {
    while (!ends_.empty() && ends_.back() <= span.entered) ends_.pop_back();
    const auto depth = static_cast<int>(ends_.size());
    if (encloses(span.phase)) ends_.push_back(end_of(span));
    return depth;
  }

 private:
  std::vector<Instant> ends_;
};

bool comes_before(const Stretch& left, const Stretch& right) {
  if (left.happened != right.happened) return left.happened;
  return left.happened && left.offset < right.offset;
}

std::vector<Stretch> moments(const Trace& trace, int depth) {
  const Span sent = trace.sent ? *trace.sent - trace.started() : Span::zero();
  std::vector<Stretch> all;
  for (const EventNote& note : trace.events()) {
    const Stretch stretch{.label = note.name,
                          .depth = depth,
                          .offset = sent + note.at,
                          .took = std::nullopt,
                          .state = note.state,
                          .happened = note.state != EventState::missing};
    all.insert(std::ranges::upper_bound(all, stretch, comes_before), stretch);
  }
  return all;
}

std::size_t place_of_events(const Trace& trace) {
  const auto& phases = trace.phases();
  for (std::size_t i = phases.size(); i > 0; --i)
    if (phases[i - 1].phase == Phase::events) return i;
  return phases.size();
}

}  // namespace

std::vector<Stretch> stretches(const Trace& trace) {
  std::vector<Stretch> all;
  Nesting nesting;
  for (const PhaseSpan& span : trace.phases()) {
    if (span.phase == Phase::diagnose) continue;  // after the run, on no scale of it
    all.push_back({.label = std::string(name(span.phase)),
                   .depth = nesting.depth_of(span),
                   .offset = span.entered - trace.started(),
                   .took = span.took.value_or(Span::zero())});
  }
  const auto events = moments(trace, 1);
  const auto place = std::min(place_of_events(trace), all.size());  // without those of inquiries
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), events.begin(), events.end());
  return all;
}

}  // namespace sonde::report
