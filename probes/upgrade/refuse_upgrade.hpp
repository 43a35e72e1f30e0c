#pragma once
#include <optional>
#include <string>

#include "probes/diagnosis/diagnosis.hpp"
#include "probes/upgrade/refuse.hpp"

namespace sonde::upgrade {

// The result of a check: passed, failed, or not performed because it could not be made as intended.
struct Checked {
  std::optional<Failure> wrong = {};
  std::string not_performed = {};    // why it was not performed
  diagnosis::Observation seen = {};  // of its last upgrade
  bool opened = false;               // its last upgrade opened a session
  bool trouble = false;              // its last upgrade met trouble that is not about the client
  bool again = false;                // trying again may have another result
  bool proven = false;               // the same without the fault is known to be accepted

  // Whether the result counts only if the same upgrade without the fault is accepted.
  bool needs_control() const {
    return not_performed.empty() && !proven && (!wrong || wrong->reason == Reason::no_refusal);
  }
};

std::string_view name_of(RefusalCheck check);
// Whether the upgrade carries the user's own valid token, and only something else is wrong.
bool shows_good_token(RefusalCheck check);
Failure with_check(RefusalCheck check, Reason reason, const std::string& what);

// Makes the upgrade of a check and judges the result. Tries once more if the server or the network
// has trouble and does not ask to wait; then a status 500 and a Close 1011 are no_refusal, and
// trouble that is not about the client (502 to 504, 429, Close 1001, 1012, 1013, no answer) is
// refusal_unclear.
boost::asio::awaitable<Checked> upgrade_as(RefusalCheck check, net::UpgradeRequest request,
                                           const RefusalSubject& subject, text::Names names);

}  // namespace sonde::upgrade
