#pragma once
#include <string_view>

#include "probes/core/clock.hpp"
#include "probes/dialect/refused_by.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::session {

// What an upgrade that was answered with something else than 101 means, after the decision table
// of upgrade failures. What two causes share on the wire is named for both. Pure.
Failure explain_refusal(const net::Response& response);

// What an answer to an upgrade that must be refused means for the refusal check: what the socket
// says refuses (and, unless it lists statuses of its own, a redirect to a login page), something
// else, or nothing at all. Pure.
enum class Refusal { refused, unclear, none };
Refusal classify_refusal(const net::Answer& answer, const dialect::RefusedBy& refused_by);

// A status of a server that is busy or not there for a moment (408, 425, 429, 502 to 504, and a
// proxy's 520 to 530): it says nothing of who asks.
bool is_trouble(int status);
// How long it is waited before the same is asked again.
constexpr Span trouble_passes_in = std::chrono::milliseconds(500);
// Whether the server says when it may be asked again, so that it is not asked before; 429 does.
bool asks_to_wait(const net::Response& response);

// Whether a body with a status of success says that there was none: `error` or `errors` with no
// data beside them (as of GraphQL and JSON-RPC), or `success`, `ok` that are false. Pure.
bool says_error(std::string_view body);

}  // namespace sonde::session
