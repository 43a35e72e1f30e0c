#include "daemon/report/waterfall.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "daemon/core/format.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::report {
namespace {

constexpr std::size_t label_columns = 34;
constexpr int time_columns = 12;

std::string repeated(std::string_view piece, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += piece;
  return all;
}

std::string padded(std::string label, std::size_t columns) {
  const std::size_t used = text::utf8_count(label);
  if (used < columns) label.append(columns - used, ' ');
  return label;
}

// The position of `part` in `whole`, in columns.
double columns_of(Span part, Span whole, int columns) {
  if (whole <= Span::zero()) return 0;
  const double share = seconds(part) / seconds(whole);
  return std::clamp(share, 0.0, 1.0) * columns;
}

std::string blocks(double length) {
  static constexpr std::array<std::string_view, 8> tails{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = std::max(1, static_cast<int>(std::lround(length * 8)));
  return repeated("█", eighths / 8) +
         std::string(tails[static_cast<std::size_t>(eighths) % tails.size()]);
}

std::string label_of(const Stretch& stretch, const TextStyle& style) {
  const bool wrong = stretch.state && *stretch.state != EventState::received;
  const std::string state = wrong ? fmt::format(" {}", name(*stretch.state)) : "";
  const auto indent = static_cast<std::size_t>(2 + 2 * stretch.depth);
  // Leaves room for "..." and a space.
  const std::size_t room = label_columns - std::min(indent + state.size() + 4, label_columns - 1);
  // Cut after escaping, because an escape is longer than its character.
  const std::string label = text::printable(stretch.label, style.unicode);
  return std::string(indent, ' ') + text::printable(label, style.unicode, room) + state;
}

std::string line_of(const Stretch& stretch, Span whole, const TextStyle& style) {
  const bool wrong = stretch.state && *stretch.state != EventState::received;
  const std::string label = label_of(stretch, style);
  if (!stretch.happened) return painted(label, Paint::bad, style) + "\n";
  const std::string column = padded(label, label_columns);
  const std::string left = wrong ? painted(column, Paint::bad, style) : column;
  const std::string time =
      stretch.took ? as_millis(*stretch.took) : fmt::format("@ {}", as_millis(stretch.offset));
  const int room =
      std::clamp(style.width, 60, 200) - static_cast<int>(label_columns) - time_columns - 2;
  const std::string drawn = bar(stretch.offset, stretch.took, whole, room, style.unicode);
  return fmt::format("{}{:>{}}  {}\n", left, time, time_columns,
                     painted(drawn, wrong ? Paint::bad : Paint::faint, style));
}

}  // namespace

std::string bar(Span offset, std::optional<Span> took, Span whole, int columns, bool unicode) {
  if (columns <= 0) return "";
  const int start = std::min(static_cast<int>(columns_of(offset, whole, columns)), columns - 1);
  const std::string indent(static_cast<std::size_t>(start), ' ');
  if (!took) return indent + (unicode ? "◆" : "*");
  const double length = std::min<double>(columns_of(*took, whole, columns), columns - start);
  if (unicode) return indent + blocks(length);
  return indent + (length < 1 ? "|" : repeated("=", static_cast<int>(std::lround(length))));
}

std::string waterfall(const Trace& trace, Span took, const TextStyle& style) {
  const auto all = stretches(trace);
  Span whole = took;
  for (const Stretch& stretch : all)
    whole = std::max(whole, stretch.offset + stretch.took.value_or(Span::zero()));
  std::string lines;
  for (const Stretch& stretch : all) lines += line_of(stretch, whole, style);
  return lines;
}

namespace {

bool encloses(Phase phase) {
  return phase == Phase::login || phase == Phase::discover || phase == Phase::upgrade ||
         phase == Phase::refuse || phase == Phase::isolation;
}

Instant end_of(const PhaseSpan& span) { return span.entered + span.took.value_or(Span::zero()); }

// Follows the phases in order, and counts the phases that enclose the next one.
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
    if (span.phase == Phase::diagnose) continue;  // after the run, so not on its scale
    all.push_back({.label = std::string(name(span.phase)),
                   .depth = nesting.depth_of(span),
                   .offset = span.entered - trace.started(),
                   .took = span.took.value_or(Span::zero())});
  }
  const auto events = moments(trace, 1);
  // without the phases of diagnoses
  const auto place = std::min(place_of_events(trace), all.size());
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), events.begin(), events.end());
  return all;
}

}  // namespace sonde::report
