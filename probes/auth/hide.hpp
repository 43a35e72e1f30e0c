#pragma once
#include <string_view>

#include "probes/trace.hpp"

namespace sonde::auth {

// Hides every form in which `secret` can appear in a request, a frame or an answer: as it is, in
// base64 and base64url, percent-encoded, and escaped for JSON.
void hide(Trace& trace, std::string_view secret);

}  // namespace sonde::auth
