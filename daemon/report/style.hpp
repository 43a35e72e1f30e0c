#pragma once
#include <string>
#include <string_view>

#include "probes/core/reason.hpp"

namespace sonde::report {

// What the terminal supports and the reader wants.
struct TextStyle {
  bool colour = false;
  bool unicode = false;  // the locale is UTF-8; otherwise only ASCII
  int width = 80;        // columns; limited to 60 to 200
  bool full = true;      // include headers, bodies and frames of passed runs
};

// ANSI colours: `good`, `bad`, `odd`, `faint`, `strong`. Without colour, the text is unchanged.
enum class Paint { good, bad, odd, faint, strong };
std::string painted(std::string_view text, Paint paint, const TextStyle& style);

// good, bad or odd.
Paint paint_of(Outcome outcome);

}  // namespace sonde::report
