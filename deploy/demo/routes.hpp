#pragma once
#include <optional>
#include <string>

#include "deploy/demo/message.hpp"

namespace sonde::demo {

struct Backend;

// Answers an ordinary HTTP request. Requests for an upgrade to /websocket and /open are handled by
// `admit`.
Reply answer(Backend& backend, const Request& request);

// An upgrade that is granted.
struct Admission {
  std::string user;
  std::string mode;      // main; legacy on /open, which accepts every client and runs no agent
  std::string protocol;  // the selected subprotocol; empty: none
  bool silent = false, closes = false, ends = false;  // as in Entry
};
// Decides about an upgrade, faults included; the reply says why it is refused.
struct Decision {
  std::optional<Admission> admission;
  Reply refusal;
};
Decision admit(Backend& backend, const Request& request);
bool is_socket(const Request& request);  // one for `admit`

}  // namespace sonde::demo
