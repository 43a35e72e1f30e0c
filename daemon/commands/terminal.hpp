#pragma once
#include <cstdio>

#include "daemon/report/style.hpp"

namespace sonde::commands {

// Columns of a terminal; 80 if the descriptor is none.
int width_of(int descriptor);
// What the terminal behind `out` supports, by its locale and NO_COLOR; plain if it is no terminal.
report::TextStyle style_of(std::FILE* out);

}  // namespace sonde::commands
