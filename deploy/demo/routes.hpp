#pragma once
#include <optional>
#include <string>

#include "deploy/demo/message.hpp"

namespace sonde::demo {

struct Backend;

// What an ordinary HTTP request is answered. Requests to /websocket and /open that ask for an
// upgrade belong to `admit`.
Reply answer(Backend& backend, const Request& request);

// An upgrade that is granted.
struct Admission {
  std::string user;
  std::string mode;      // main; legacy on /open, where everybody comes in and no agent runs
  std::string protocol;  // the selected subprotocol; empty: none
  bool silent = false, closes = false, ends = false;  // as in Entry
};
// Decides of an upgrade, faults included; the reply says why not.
struct Decision {
  std::optional<Admission> admission;
  Reply refusal;
};
Decision admit(Backend& backend, const Request& request);
bool is_socket(const Request& request);  // one for `admit`

}  // namespace sonde::demo
