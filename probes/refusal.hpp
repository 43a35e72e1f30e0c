#pragma once
#include "probes/net/websocket.hpp"
#include "probes/talk/refused_by.hpp"

namespace sonde {

// What an upgrade that was answered with something else than 101 means, after the decision table
// of upgrade failures. What two causes share on the wire is named for both. Pure.
Failure explain_refusal(const net::Response& response);

// What an answer to an upgrade that must be refused means for the refusal check: what the socket
// says refuses (and, unless it lists statuses of its own, a redirect to a login page), something
// else, or nothing at all. Pure.
enum class Refusal { refused, unclear, none };
Refusal classify_refusal(const net::Answer& answer, const talk::RefusedBy& refused_by);

}  // namespace sonde
