#pragma once
#include <string_view>

#include "probes/trace.hpp"

namespace sonde::auth {

// Hides every form in which `secret` can appear in a request, a frame or an answer: as it is, in
// base64, base64url and hex, percent-encoded (also of its base64, and as forms have it), and
// escaped for JSON.
void hide(Trace& trace, std::string_view secret);

}  // namespace sonde::auth
