#include "daemon/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/core/format.hpp"
#include "daemon/report/exchange_text.hpp"
#include "daemon/report/waterfall.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return "PASS";
    case Outcome::fail:
      return "FAIL";
    case Outcome::inconclusive:
      return "INCONCLUSIVE";
    case Outcome::skipped:
      return "SKIPPED";
  }
  return "?";
}

std::string help_text(const Verdict& verdict, const TextStyle& style) {
  const std::string_view help = row(best_cause(verdict.reason, verdict.concluded)).help;
  return help.empty() ? "" : fmt::format("  {}\n", painted(help, Paint::faint, style));
}

std::string wrong_frame_text(const Trace& trace, const TextStyle& style) {
  const auto wrong = std::ranges::find_if(
      trace.frames(), [](const FrameNote& frame) { return !frame.remark.empty(); });
  if (wrong == trace.frames().end()) return "";
  return fmt::format("  first wrong frame:\n    {}\n", frame_text(*wrong, trace.started(), style));
}

std::string answer_text(std::string_view question, std::optional<bool> answer,
                        const TextStyle& style) {
  if (!answer) return fmt::format("{} -", question);
  return fmt::format("{} {}", question,
                     painted(*answer ? "yes" : "no", *answer ? Paint::good : Paint::bad, style));
}

std::string answers_text(const Trace& trace, const TextStyle& style) {
  if (!trace.reachable && !trace.delivered && !trace.substantive) return "";
  return fmt::format("  {}, {}, {}\n", answer_text("reachable", trace.reachable, style),
                     answer_text("delivered", trace.delivered, style),
                     answer_text("substantive", trace.substantive, style));
}

std::string_view ended_by(EndedBy by) {
  switch (by) {
    case EndedBy::close_frame:
      return "ended by a Close of the server";
    case EndedBy::fin:
      return "ended by the server without a Close (FIN)";
    case EndedBy::rst:
      return "ended by a reset (RST)";
    case EndedBy::deadline:
      return "ended by our deadline";
    case EndedBy::us:
    case EndedBy::nobody:
      break;
  }
  return "ended by us";
}

std::string ending_text(const Ending& ending, const TextStyle& style) {
  if (ending.by == EndedBy::nobody) return "";
  std::string line = fmt::format("  {}", ended_by(ending.by));
  if (ending.code != 0) line += fmt::format(" {}", ending.code);
  if (!ending.reason.empty())
    line += fmt::format(" \"{}\"", text::printable(ending.reason, style.unicode, 200));
  return line + "\n";
}

// "refusal checks: 2 refused (no_token, garbage_token)", followed by a line for each check that was
// not performed; a failed check is in the verdict.
std::string refusals_text(const Trace& trace, const TextStyle& style) {
  using State = RefusalNote::State;
  std::vector<std::string> refused;
  std::string others;
  for (const RefusalNote& note : trace.refusals) {
    const std::string check = text::printable(note.check, style.unicode, 60);
    if (note.state == State::refused) refused.push_back(check);
    if (note.state == State::not_performed)
      others += fmt::format("    not performed: {}, {}\n", painted(check, Paint::odd, style),
                            text::printable(note.why, style.unicode, 200));
  }
  if (refused.empty() && others.empty()) return "";
  const std::string names = refused.empty() ? "" : fmt::format(" ({})", fmt::join(refused, ", "));
  return fmt::format("  refusal checks: {} of {} refused{}\n{}", refused.size(),
                     trace.refusals.size(), names, others);
}

// The Date header has whole seconds, so a skew below two seconds is not significant.
std::string skew_text(const Trace& trace) {
  if (!trace.skew || std::chrono::abs(*trace.skew) < std::chrono::seconds(2)) return "";
  const bool ahead = *trace.skew >= Span::zero();
  return fmt::format("  the server's clock is {} {}\n",
                     as_duration(ahead ? *trace.skew : -*trace.skew), ahead ? "ahead" : "behind");
}

Detail detail_of(const Result& result, const TextStyle& style) {
  if (style.full) return {};
  const bool passed = result.verdict.outcome == Outcome::pass;
  if (passed) return {.headers = false, .body_runes = 0, .frames = 0};
  return {.headers = true, .body_runes = 300, .frames = 12};
}

}  // namespace

std::string headline(const Result& result, const TextStyle& style) {
  const Outcome outcome = result.verdict.outcome;
  std::string line = fmt::format(
      "{} {} {} ({})", painted(word_of(outcome), paint_of(outcome), style),
      painted(text::printable(result.check->name, style.unicode, 100), Paint::strong, style),
      text::printable(result.check->target, style.unicode, 100),
      text::printable(result.check->kind, style.unicode, 40));
  if (outcome != Outcome::skipped) line += fmt::format(" in {}", as_duration(result.took));
  if (result.attempt > 1) line += fmt::format(", attempt {}", result.attempt);
  return line;
}

std::string cause(const Verdict& verdict, const TextStyle& style) {
  if (verdict.outcome == Outcome::pass) return "";
  std::string line = show_cause(verdict.step, verdict.reason, verdict.concluded);
  if (!verdict.detail.empty())
    line += fmt::format(": {}", text::printable(verdict.detail, style.unicode, 1000));
  return line;
}

std::string as_text(const Result& result, const TextStyle& style) {
  std::string text = headline(result, style) + "\n";
  if (result.verdict.outcome != Outcome::pass) {
    const std::string why = cause(result.verdict, style);
    text += fmt::format("  {}\n", painted(why, paint_of(result.verdict.outcome), style));
    text += help_text(result.verdict, style);
  }
  if (result.verdict.outcome == Outcome::skipped) return text;
  if (!result.id.empty())
    text += painted(fmt::format("  run {}, began {}", result.id, as_rfc3339(result.started)),
                    Paint::faint, style) +
            "\n";
  const Trace& trace = *result.trace;
  const Detail detail = detail_of(result, style);
  return text + wrong_frame_text(trace, style) + experiments_text(trace, style) +
         waterfall(trace, result.took, style) + exchanges_text(trace, detail, style) +
         frames_text(trace, detail, style) + answers_text(trace, style) +
         refusals_text(trace, style) + ending_text(trace.ending(), style) + skew_text(trace);
}

std::string as_line(const Result& result, const TextStyle& style) {
  const std::string why = cause(result.verdict, style);
  return headline(result, style) + (why.empty() ? "" : ": " + why) + "\n";
}

std::string as_short_text(const Result& result, TextStyle style) {
  const Outcome outcome = result.verdict.outcome;
  style.full = false;
  if (outcome == Outcome::pass || outcome == Outcome::skipped) return as_line(result, style);
  return as_text(result, style) + "\n";
}

}  // namespace sonde::report
