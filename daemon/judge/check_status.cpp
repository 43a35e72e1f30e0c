#include "daemon/judge/check_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "daemon/judge/wall_clock.hpp"
#include "probes/core/run_id.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::judge {
namespace {

constexpr std::size_t detail_bytes_max = 512;

// In the daemon each run makes one refusal check, so the latest result of each check is kept. Their
// names are a fixed list.
void note_refusals(CheckStatus& standing, const Trace& trace) {
  for (const RefusalNote& note : trace.refusals) {
    standing.not_performed.erase(note.check);
    if (note.state == RefusalNote::State::not_performed)
      standing.not_performed[note.check] = text::cut(note.why, detail_bytes_max);
  }
}

void pass(CheckStatus& standing, WallTime at, bool first) {
  standing.last_success = at;
  standing.consecutive_failures = 0;
  standing.left_out = 0;
  standing.failing_since.reset();
  standing.failing.reset();
  if (!standing.passing_since) standing.passing_since = at;
  if (first) ++standing.consecutive_passes;
}

// Between two refusal checks a run repeats what the last one found; the proof is with that.
bool repeats_a_refusal_check(const Result& result) {
  return result.verdict.step == Step::refuse &&
         std::ranges::none_of(result.trace->refusals, [](const RefusalNote& note) {
           return note.state == RefusalNote::State::failed ||
                  note.state == RefusalNote::State::unclear;
         });
}

void fail(CheckStatus& standing, const Result& result, WallTime at) {
  const Verdict& verdict = result.verdict;
  standing.consecutive_passes = 0;
  standing.passing_since.reset();
  ++standing.consecutive_failures;
  if (!standing.failing_since) standing.failing_since = at;
  const bool same = standing.failing && standing.failing->step == verdict.step &&
                    standing.failing->reason == verdict.reason;
  if (!same)
    standing.failing = FailureGroup{
        .step = verdict.step, .reason = verdict.reason, .first = at, .last = at, .detail = ""};
  ++standing.failing->count;
  standing.failing->last = at;
  standing.failing->detail = text::cut(verdict.detail, detail_bytes_max);
  standing.failing->concluded = verdict.concluded;
  if (!same || !repeats_a_refusal_check(result)) standing.failing->run = result.id;
}

void say_nothing(CheckStatus& standing, const Result& result, WallTime at) {
  const Verdict& verdict = result.verdict;
  standing.blind = verdict.reason == Reason::egress_down;
  if (standing.blind) return standing.inconclusive.reset();
  if (!standing.inconclusive) standing.inconclusive.emplace().first = at;
  FailureGroup& group = *standing.inconclusive;
  group.step = verdict.step;
  group.reason = verdict.reason;
  ++group.count;
  group.last = at;
  group.detail = text::cut(verdict.detail, detail_bytes_max);
  group.run = result.id;
}

// A run during a maintenance only counts as made.
void follow_excluded(CheckStatus& standing, Outcome outcome) {
  if (outcome != Outcome::inconclusive) standing.inconclusive.reset();
  standing.blind = false;
  if (standing.failing_since) ++standing.left_out;
}

}  // namespace

void follow(CheckStatus& standing, const Result& result, bool excluded) {
  const Outcome outcome = result.verdict.outcome;
  const WallTime at = end_of(result);
  const bool first = result.attempt == 1;
  standing.newest = outcome;
  standing.met.note(*result.trace, result.started, outcome == Outcome::pass, standing.certificates);
  note_refusals(standing, *result.trace);
  if (result.verdict.reason == Reason::suppressed) standing.suppressed = at;
  if (outcome == Outcome::skipped) return;
  standing.last_run = at;
  standing.certificates_known = true;
  if (excluded) return follow_excluded(standing, outcome);
  if (outcome == Outcome::inconclusive) return say_nothing(standing, result, at);
  standing.inconclusive.reset();
  standing.blind = false;
  if (first) standing.last = outcome;
  if (outcome == Outcome::pass)
    pass(standing, at, first);
  else if (first)
    fail(standing, result, at);
}

namespace {

using std::chrono::milliseconds;

// Format version; determines the order of the words, of which each version has one more. The detail
// of the newest failure follows them.
constexpr char version_now = '4', version_first = '2';
constexpr std::size_t words_now = 17, shown_bytes_max = 300;
constexpr std::string_view none = "-";

std::string word(const std::optional<Outcome>& outcome) {
  return std::string(outcome ? name(*outcome) : none);
}
std::string word(const std::optional<WallTime>& at) {
  if (!at) return std::string(none);
  const auto since = std::chrono::duration_cast<milliseconds>(at->time_since_epoch());
  return std::to_string(since.count());
}

// Reads words one after the other; an invalid word makes the whole text invalid.
struct Words {
  std::span<const std::string_view> left;
  bool sound = true;

  std::string_view next() {
    const std::string_view word = left.front();
    left = left.subspan(1);
    return word;
  }
  template <class Number>
  Number number() {
    const std::string_view word = next();
    Number value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    sound = sound && error == std::errc() && end == word.data() + word.size();
    return value;
  }
  std::optional<WallTime> time() {
    if (left.front() == none) return next(), std::nullopt;
    return WallTime(milliseconds(number<std::int64_t>()));
  }
  // Nullopt for "none" and, which makes the text invalid, for a word that is no name.
  template <class Name>
  std::optional<Name> named(std::optional<Name> (*find)(std::string_view)) {
    const std::string_view word = next();
    const auto found = find(word);
    sound = sound && (found || word == none);
    return found;
  }
};

std::optional<FailureGroup> failing(Words& words, std::string_view detail) {
  const auto step = words.named(step_named);
  const auto reason = reason_named(words.next());
  const auto count = words.number<std::uint64_t>();
  const auto first = words.time(), last = words.time();
  const auto concluded = reason_named(words.next());
  if (!step || !reason || !first || !last) return std::nullopt;
  return FailureGroup{.step = *step,
                      .reason = *reason,
                      .count = count,
                      .first = *first,
                      .last = *last,
                      .detail = std::string(detail),
                      .concluded = concluded.value_or(Reason::ok)};
}

// The first words of a text of this version, and the rest.
struct Split {
  std::vector<std::string_view> words;
  std::string_view rest;
};
Split split(std::string_view text, std::size_t count) {
  Split split;
  while (split.words.size() < count && !text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    split.words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  split.rest = text;
  return split;
}

}  // namespace

std::string text_of(const CheckStatus& standing) {
  const FailureGroup failing = standing.failing.value_or(FailureGroup{});
  const bool fails = standing.failing.has_value();
  return fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", version_now, word(standing.last),
      word(standing.newest), standing.consecutive_failures, standing.consecutive_passes,
      word(standing.last_run), word(standing.last_success), word(standing.failing_since),
      word(standing.passing_since), fails ? name(failing.step) : none,
      fails ? name(failing.reason) : none, failing.count,
      fails ? word(std::optional(failing.first)) : none,
      fails ? word(std::optional(failing.last)) : none,
      failing.concluded == Reason::ok ? none : name(failing.concluded), standing.left_out,
      failing.run.empty() ? none : failing.run, text::cut(failing.detail, shown_bytes_max));
}

std::optional<CheckStatus> standing_from(std::string_view text) {
  const char version = text.empty() ? '\0' : text.front();
  if (version < version_first || version > version_now) return std::nullopt;
  const std::size_t count = words_now - static_cast<std::size_t>(version_now - version);
  const Split parts = split(text, count);
  if (parts.words.size() != count || parts.words.front().size() != 1) return std::nullopt;
  Words words{.left = std::span(parts.words).subspan(1)};
  CheckStatus standing;
  standing.last = words.named(outcome_named);
  standing.newest = words.named(outcome_named);
  standing.blind = standing.newest == Outcome::inconclusive;  // or else the next run says so
  standing.consecutive_failures = words.number<std::uint64_t>();
  standing.consecutive_passes = words.number<std::uint64_t>();
  standing.last_run = words.time();
  standing.last_success = words.time();
  standing.failing_since = words.time();
  standing.passing_since = words.time();
  standing.failing = failing(words, parts.rest);
  if (version >= '3') standing.left_out = words.number<std::uint64_t>();
  if (version >= '4') {
    const std::string_view run = words.next();
    if (standing.failing && is_run_id(run)) standing.failing->run = run;
  }
  return words.sound ? std::optional(standing) : std::nullopt;
}

}  // namespace sonde::judge
