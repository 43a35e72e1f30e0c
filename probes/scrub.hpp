#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

// A way to write a text: base64, percent-encoded and the like. The form of a text begins with the
// form of its first 9 bytes, if these are ASCII.
using Form = std::string (*)(std::string_view text);

// A text that is not to be shown, in no form that is given. It keeps how each form begins; the form
// itself is made where a text that is scrubbed has such a beginning.
class Secret {
 public:
  explicit Secret(std::string_view text, std::span<const Form> forms = {});
  const std::string& text() const { return text_; }
  // Replaces every form of at least 4 bytes in `shown`: a shorter one stands in half of all texts.
  void redact(std::string& shown) const;
  // No form is longer.
  std::size_t bytes_max() const { return 6 * text_.size() + 8; }

 private:
  struct Head {
    std::array<char, 15> bytes{};
    std::uint8_t size = 0;
    Form form = nullptr;  // null: the text as it is
    std::string_view text() const { return {bytes.data(), size}; }
  };
  void add(Form form);
  std::size_t match(std::span<const Head> heads, std::string_view shown) const;

  std::string text_;
  std::vector<Head> heads_;  // equal ones are neighbours
};

// Replaces every secret, everything shaped like a JWT, and the string values of JSON members whose
// name contains token, password, secret, ticket or jwt by "<redacted>". Of secrets that contain one
// another the longest comes first.
void scrub(std::string& text, std::span<const Secret> secrets);

// Authorization, cookies and the like, whose values are never shown.
bool is_sensitive_header(std::string_view name);
// Such a value with its scheme kept: "Bearer <redacted>".
std::string scrub_header(std::string_view value);

}  // namespace sonde
