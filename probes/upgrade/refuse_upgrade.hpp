#pragma once
#include <optional>
#include <string>

#include "probes/diagnosis/diagnosis.hpp"
#include "probes/upgrade/refuse.hpp"

namespace sonde::upgrade {

// What came of a check: nothing wrong, something wrong, or nothing at all, for it could not be made
// as it is meant.
struct Checked {
  std::optional<Failure> wrong = {};
  std::string not_performed = {};    // why it was not
  diagnosis::Observation seen = {};  // of the last upgrade that it made
  bool opened = false;               // which opened a session
  bool trouble = false;              // which met trouble that says nothing of who asks
  bool again = false;                // and may come to something else in a moment

  // Whether it says something only if the same upgrade with nothing wrong about it is accepted.
  bool needs_control() const {
    return not_performed.empty() && (!wrong || wrong->reason == Reason::no_refusal);
  }
};

std::string_view name_of(RefusalCheck check);
Failure with_check(RefusalCheck check, Reason reason, const std::string& what);

// Makes the upgrade of a check and judges what comes of it; once more where the server or the
// network is in trouble and does not ask to wait: then a status 500 and a Close 1011 are
// no_refusal, and what says nothing of who asks (502 to 504, 429, Close 1001, 1012, 1013, no
// answer) is refusal_unclear.
boost::asio::awaitable<Checked> upgrade_as(RefusalCheck check, net::UpgradeRequest request,
                                           const RefusalSubject& subject, text::Names names);

}  // namespace sonde::upgrade
