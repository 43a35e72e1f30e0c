#include <algorithm>

#include "probes/dialect/dialect_use.hpp"
namespace sonde::dialect {

// What is made of a secret is one, such as a digest of a password. Where the secret itself can be
// read in it, what stands around it is none.
void hide_made(const Dialect& dialect, bool of_turn, const text::Names& names, Trace& trace) {
  const auto is_secret = [&](const std::string& name) {
    const std::string* text = names.find(name);
    return text != nullptr && trace.scrub(*text) != *text;
  };
  for (const auto& var : dialect.made) {
    if (var.of_turn != of_turn || !std::ranges::any_of(var.needs, is_secret)) continue;
    const std::string* text = names.find("vars." + var.name);
    if (text != nullptr && trace.scrub(*text) == *text) trace.hide(*text);
  }
}

}  // namespace sonde::dialect
