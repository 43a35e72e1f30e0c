#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// What a tired person reads. Pure but for what the View says; holds no secret, for the details of
// failures hold none.
struct AlertText {
  std::string value;        // "72.0 % (18 of 25)"
  std::string summary;      // one line: what, where, since when, and what fails or works again
  std::string description;  // which probe, what the reason means, and when it fires
  std::string probe;        // of which there is evidence; empty: of none
  std::string fired_for;    // the summary as it was when the condition last held
  WallTime at{};            // when all of it was true
};
// Of a condition that holds, or of checks that are silent; `failures` are those that count.
AlertText tell(const Instance& instance, const Evaluation& finding, const Failures& failures,
               EvalContext& sight);
// Of a condition that holds no more: what works again at the checks where it was `seen`, whatever
// the others do. `fired` is the text as it was while it held.
AlertText tell_recovered(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                         AlertText fired, EvalContext& sight);
// Of an alert for want of data of which there are some again.
AlertText tell_heard(const Instance& instance, AlertText fired, EvalContext& sight);

// What an alert that is over, or about to be, was about: "; it fired because ...".
std::string show_cause(const AlertText& text);

// Why an alert is gone although its condition may hold.
enum class Removed : std::uint8_t { rule, changed_rule, checks };
// The summary of its end.
std::string tell_removed(Removed why, const Alert& alert, const AlertText& fired);

// The failed runs that count for an alert, in its longest window, the most frequent first.
Failures failures_of(const Instance& instance, EvalContext& sight);

// ---- Parts of it
std::string show_share(Millionths share);            // "90 %", "99.95 %"
std::string show_success(const Tally& tally);        // "72.0 % (18 of 25)"; rounded down
std::string show_time(WallTime time, WallTime now);  // "14:02 UTC", "24 Nov 14:02 UTC"
std::string show_detail(const std::string& detail);  // at most 80 bytes, printable
std::string show_failures(const Failures& failures, WallTime now);

// Of the table of subjects.
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
                     EvalContext& sight);
std::string show_failing(const CheckStatus& standing, WallTime now);  // " since 14:02 UTC: ..."

}  // namespace sonde::alert
