#include "probes/text/code_points.hpp"

#include <array>

#include "probes/text/utf8.hpp"

namespace sonde::text {

Rune first_rune(std::string_view text) {
  static constexpr std::array<unsigned, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  const std::size_t bytes = utf8_length(text);
  if (bytes == 0) return {};
  char32_t code = static_cast<unsigned char>(text[0]) & lead_bits[bytes];
  for (const char c : text.substr(1, bytes - 1))
    code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  return {code, bytes};
}

}  // namespace sonde::text
