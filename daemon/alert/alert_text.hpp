#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde {

// What a tired person reads; `failures` are those that count. Pure but for what the View says;
// holds no secret, for the details of failures hold none.
struct AlertText {
  std::string value;        // "72.0 % (18 of 25)"
  std::string summary;      // one line: what, where, since when, and what fails
  std::string description;  // which probe, what the reason means, and when it fires
  std::string probe;        // of which there is evidence; empty: of none
};
AlertText tell(const Instance& instance, const Finding& finding, const Failures& failures,
               Sight& sight);

// The failed runs that count for an alert, in its longest window, the most frequent first.
Failures failures_of(const Instance& instance, Sight& sight);

// ---- Parts of it
std::string show_share(Millionths share);            // "90 %", "99.95 %"
std::string show_success(const Tally& tally);        // "72.0 % (18 of 25)"; rounded down
std::string show_time(WallTime time, WallTime now);  // "14:02 UTC", "24 Nov 14:02 UTC"
std::string show_detail(const std::string& detail);  // at most 80 bytes, printable
std::string show_failures(const Failures& failures, WallTime now);

// Of the table of subjects.
std::string value_of_rate(const Finding& finding);
std::string value_of_latency(const Finding& finding);
std::string value_of_count(const Finding& finding);
std::string value_of_certificate(const Finding& finding);
std::string headline_of_auth(const Instance&, const Finding&, Sight&);
std::string headline_of_delivery(const Instance&, const Finding&, Sight&);
std::string headline_of_success(const Instance&, const Finding&, Sight&);
std::string headline_of_burn(const Instance&, const Finding&, Sight&);
std::string headline_of_latency(const Instance&, const Finding&, Sight&);
std::string headline_of_row(const Instance&, const Finding&, Sight&);
std::string headline_of_certificate(const Instance&, const Finding&, Sight&);
std::string headline_of_reason(const Instance&, const Finding&, Sight&);
std::string headline_of_false_green(const Instance&, const Finding&, Sight&);

}  // namespace sonde
