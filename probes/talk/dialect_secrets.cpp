#include <algorithm>

#include "probes/talk/dialect_use.hpp"
#include "probes/text/json.hpp"

namespace sonde::talk {
namespace {

constexpr Form forms[] = {text::base64, text::base64url, text::hex, text::percent_encode,
                          text::json_escape};

}  // namespace

// What is made of a secret is one: the text that SASL encodes, a digest of a password.
void hide_made(const Dialect& dialect, bool of_turn, const text::Names& names, Trace& trace) {
  const auto is_secret = [&](const std::string& name) {
    const std::string* text = names.find(name);
    return text != nullptr && trace.scrub(*text) != *text;
  };
  for (const auto& var : dialect.made) {
    if (var.of_turn != of_turn || !std::ranges::any_of(var.needs, is_secret)) continue;
    if (const std::string* text = names.find("vars." + var.name)) trace.hide(*text, forms);
  }
}

}  // namespace sonde::talk
