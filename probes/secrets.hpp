#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

inline constexpr std::string_view redacted = "<redacted>";

// A way to write a text: base64, percent-encoded and the like. The form of a text begins with the
// form of its first 9 bytes, if these are ASCII.
using Form = std::string (*)(std::string_view text);

// Texts that are not to be shown, in no form that is given. It keeps how each form begins; the form
// itself is made where a text that is scrubbed has such a beginning. All beginnings are looked for
// at once (Wu and Manber 1994, with blocks of two bytes), for every frame goes through here.
class Secrets {
 public:
  // At most 15 `forms`, which live as long as this. False if nothing changes: the text is known, or
  // in all its forms shorter than 4 bytes, which stand in half of all texts.
  bool hide(std::string_view text, std::span<const Form> forms = {});
  // The secrets of `others` as well. False if nothing changes.
  bool hide(const Secrets& others);

  // Replaces every form of every secret by "<redacted>"; where several begin, the longest.
  void redact(std::string& shown) const;

  // No form is longer.
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  struct One {
    std::string text;
    std::span<const Form> forms;
  };
  // How some of the forms of a secret begin.
  struct Head {
    std::array<char, 12> bytes{};
    std::uint8_t size = 0;
    std::uint8_t secret = 0;  // index
    std::uint16_t forms = 0;  // bit 0: the text as it is; bit n: its form n - 1
    std::string_view text() const { return {bytes.data(), size}; }
  };
  std::string made(const Head& head, std::size_t bit) const;
  bool add(std::size_t secret, std::size_t bit, std::string_view start);
  void index();
  std::size_t candidate(std::string_view shown, std::size_t from) const;
  std::size_t match(std::string_view shown) const;

  std::vector<One> secrets_;
  std::vector<Head> heads_;
  std::size_t window_ = 0;            // bytes of the shortest head
  std::vector<std::uint8_t> shifts_;  // how far a window may move whose last block is this
  std::size_t bytes_max_ = 0;
};

}  // namespace sonde
