#pragma once
#include "probes/net/websocket.hpp"

namespace sonde {

// What an upgrade that was answered with something else than 101 means, after the decision table
// of upgrade failures. What two causes share on the wire is named for both. Pure.
Failure explain_refusal(const net::Response& response);

// What an answer to an upgrade with a bad token or none means for the refusal check. Pure.
enum class Refusal { refused, unclear, none };
Refusal classify_refusal(const net::Answer& answer);

}  // namespace sonde
