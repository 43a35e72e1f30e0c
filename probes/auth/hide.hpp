#pragma once
#include <string_view>

#include "probes/core/trace.hpp"

namespace sonde::auth {

// Hides a secret of the login: no part of it is shown, in any encoding.
inline void hide(Trace& trace, std::string_view secret) { trace.hide(secret); }

}  // namespace sonde::auth
