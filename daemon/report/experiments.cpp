#include <fmt/format.h>

#include "daemon/core/format.hpp"
#include "daemon/report/exchange_text.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

Span whole(const std::vector<ExperimentNote>& notes) {
  return notes.back().at + notes.back().took - notes.front().at;
}

std::string line_of(const ExperimentNote& note, const TextStyle& style) {
  return fmt::format(
      "    {} -> {}, {}\n", note.question,
      painted(text::printable(note.answer, style.unicode, 100), Paint::strong, style),
      as_duration(note.took));
}

}  // namespace

std::string experiments_text(const Trace& trace, const TextStyle& style) {
  const auto& notes = trace.experiments();
  if (notes.empty()) return "";
  std::string lines = fmt::format("  why: {} experiment{} in {} after the run\n", notes.size(),
                                  notes.size() == 1 ? "" : "s", as_duration(whole(notes)));
  for (const ExperimentNote& note : notes) lines += line_of(note, style);
  const std::string said = trace.separated.empty() ? "they separated nothing" : trace.separated;
  return lines + fmt::format("    => {}\n", painted(said, Paint::strong, style));
}

}  // namespace sonde::report
