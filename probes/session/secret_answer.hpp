#pragma once
#include <vector>

#include "probes/core/reason.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::session {

// Which answers to something that shows a secret of the identity may refuse the secret, so that a
// service may count them against the account: every answer that is not the expected one, unless it
// says plainly that something else is wrong, such as the server (5xx), the address (404), the form
// of the request (415) or the load (429). Pure.

// What the user wrote about the answers of the place that sees the secret.
struct AnswerRules {
  std::vector<int> expected = {};    // statuses that a probe wants; never 401 and 423
  std::vector<int> refused_by = {};  // statuses that refuse, whatever they are
  bool is_upgrade = false;           // 101 is expected
  bool posts = false;                // the method is neither GET nor HEAD
};

// Of the answer to a request that shows it. What was posted and is answered by a page that asks for
// a password, possibly after redirects, was refused, whatever its status.
bool may_refuse_request(const net::Answer& answer, const AnswerRules& rules);

// Of an opened session that failed with `reason` before it was ready, or of a request that was
// answered with a success that is not the expected one.
bool may_refuse_after_all(Reason reason);

}  // namespace sonde::session
