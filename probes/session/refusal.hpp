#pragma once
#include <string_view>

#include "probes/core/clock.hpp"
#include "probes/dialect/refused_by.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::session {

// What an answer other than 101 to an upgrade means, according to the decision table of upgrade
// failures. If two causes look the same, the reason names both. Pure.
Failure explain_refusal(const net::Response& response);

// What an answer to an upgrade that must be refused means for the refusal check: an answer that
// counts as a refusal for the socket (and, unless the socket lists its own statuses, a redirect to
// a login page), another answer, or no answer. Pure.
enum class Refusal { refused, unclear, none };
Refusal classify_refusal(const net::Answer& answer, const dialect::RefusedBy& refused_by);

// Whether a status means that the server is temporarily busy or unavailable (408, 425, 429, 502 to
// 504, and a proxy's 520 to 530); it says nothing about the client.
bool is_trouble(int status);
// How long to wait before the request is repeated.
constexpr Span trouble_passes_in = std::chrono::milliseconds(500);
// Whether the server says when to ask again (429 does), so that the request is not repeated
// earlier.
bool asks_to_wait(const net::Response& response);

// Whether the body of a success status reports an error: `error` or `errors` without data beside
// them (as in GraphQL and JSON-RPC), or `success` or `ok` with the value false. Pure.
bool says_error(std::string_view body);

}  // namespace sonde::session
