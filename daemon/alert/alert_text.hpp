#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// The texts of an alert that people read. Depend only on the arguments and the View; contain no
// secrets, because failure details contain none.
struct AlertText {
  std::string value;        // "72.0 % (18 of 25)"
  double number = 1;        // the same as a number: a share, a count, or seconds; NaN: no data
  std::string summary;      // one line: what, where, since when, and what fails or works again
  std::string description;  // which probe, what the reason means, and when it fires
  std::string probe;        // a probe with evidence for the alert; empty: none
  std::string run;          // id of the newest failed run that counts for it; empty: none is known
  std::string fired_for;    // the summary as it was when the condition last held
  WallTime at{};            // the time that the texts describe
};
// For a condition that holds, or for checks without data; `failures` are the failures that count.
AlertText tell(const Instance& instance, const Evaluation& finding, const Failures& failures,
               EvalContext& context);
// For a condition that no longer holds: what works again at the checks in `seen`, regardless of the
// others. `fired` is the text from while it held.
AlertText tell_recovered(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                         AlertText fired, EvalContext& context);
// For a no-data alert whose data have returned.
AlertText tell_heard(const Instance& instance, AlertText fired, EvalContext& context);

// The cause of an alert that has ended or is about to end: "; it fired because ...".
std::string show_cause(const AlertText& text);

// Why an alert was removed although its condition may still hold.
enum class Removed : std::uint8_t { rule, changed_rule, checks };
// The summary for an alert that was removed.
std::string tell_removed(Removed why, const Alert& alert, const AlertText& fired);

// The failed runs that count for an alert within its longest window, most frequent first.
Failures failures_of(const Instance& instance, EvalContext& context);

// ---- Parts of the texts
std::string show_share(Millionths share);      // "90 %", "99.95 %"
std::string show_success(const Tally& tally);  // "72.0 % (18 of 25)"; rounded down, or "no attempt"
std::string show_time(WallTime time, WallTime now);  // "14:02 UTC", "24 Nov 14:02 UTC"
std::string show_detail(const std::string& detail);  // at most 80 bytes, printable
std::string show_failures(const Failures& failures, WallTime now);

}  // namespace sonde::alert
