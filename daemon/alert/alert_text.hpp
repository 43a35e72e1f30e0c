#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// The texts of an alert that people read. Depend only on the arguments and the View; contain no
// secrets, because failure details contain none.
struct AlertText {
  std::string value;        // "72.0 % (18 of 25)"
  std::string summary;      // one line: what, where, since when, and what fails or works again
  std::string description;  // which probe, what the reason means, and when it fires
  std::string probe;        // a probe with evidence for the alert; empty: none
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
std::string show_share(Millionths share);            // "90 %", "99.95 %"
std::string show_success(const Tally& tally);        // "72.0 % (18 of 25)"; rounded down
std::string show_time(WallTime time, WallTime now);  // "14:02 UTC", "24 Nov 14:02 UTC"
std::string show_detail(const std::string& detail);  // at most 80 bytes, printable
std::string show_failures(const Failures& failures, WallTime now);

// Functions that the table of subjects refers to.
std::string value_of_rate(const Evaluation& finding);
std::string value_of_latency(const Evaluation& finding);
std::string value_of_count(const Evaluation& finding);
std::string value_of_certificate(const Evaluation& finding);
std::string headline_of_auth(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_delivery(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_success(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_burn(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_latency(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_row(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_certificate(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_reason(const Instance&, const Evaluation&, EvalContext&);
std::string headline_of_false_green(const Instance&, const Evaluation&, EvalContext&);
std::string recovered_row(const Instance&, const Evaluation&, const SeenAt&, EvalContext&);
std::string recovered_certificate(const Instance&, const Evaluation&, const SeenAt&, EvalContext&);
std::string recovered_reason(const Instance&, const Evaluation&, const SeenAt&, EvalContext&);
std::string recovered_false_green(const Instance&, const Evaluation&, const SeenAt&, EvalContext&);

// "login failed 4 times in a row since 14:02 UTC: login/server_error (HTTP 500)".
std::string show_row(const Check& check, std::uint64_t count, const std::string& target,
                     EvalContext& context);
std::string show_failing(const CheckStatus& standing, WallTime now);  // " since 14:02 UTC: ..."

}  // namespace sonde::alert
