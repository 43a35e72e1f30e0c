#pragma once
#include <string>
#include <vector>

#include "probes/core/trace.hpp"

namespace sonde::dialect {

// How a session ended, for people: "the server closed with 4401 bad token", "the connection ended
// (fin, within a frame)".
std::string describe(const Ending& ending);

// The Close codes with which servers refuse a client: 1008, 4401, 4403, and those that services use
// for it as well (3000, 4001, 4003).
const std::vector<int>& usual_refusal_codes();

// Whether a session ended with one of these codes. As in browsers (RFC 6455 section 7.4.1), 1005 is
// a Close without a code, and 1006 an end without a Close.
bool ended_with(const Ending& ending, const std::vector<int>& codes);

// Whether the server ended the session because it refuses the client: with one of the usual codes,
// or one of `own_codes`.
bool refuses(const Ending& ending, const std::vector<int>& own_codes);

}  // namespace sonde::dialect
