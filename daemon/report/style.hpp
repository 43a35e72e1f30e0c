#pragma once
#include <string>
#include <string_view>

#include "probes/core/reason.hpp"

namespace sonde::report {

// What the terminal can show and the reader wants to see.
struct TextStyle {
  bool colour = false;
  bool unicode = false;  // the locale is UTF-8; otherwise ASCII alone
  int width = 80;        // columns; used within 60 and 200
  bool full = true;      // headers, bodies and frames of passing runs, too
};

// ANSI colours: `good`, `bad`, `odd`, `faint`, `strong`. Without colour, the text as it is.
enum class Paint { good, bad, odd, faint, strong };
std::string painted(std::string_view text, Paint paint, const TextStyle& style);

// good, bad or odd.
Paint paint_of(Outcome outcome);

}  // namespace sonde::report
