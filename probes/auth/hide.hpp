#pragma once
#include <string_view>

#include "probes/core/trace.hpp"

namespace sonde::auth {

// A secret of the login: no piece of it is shown, in no encoding.
inline void hide(Trace& trace, std::string_view secret) { trace.hide(secret); }

}  // namespace sonde::auth
