#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/random.hpp"

namespace sonde::text {

// The values for rendering templates: texts by name ("target.http", "token", "identity.username"),
// randomness for functions, and the wall clock. One for each attempt; texts common to all attempts
// are shared.
class Names {
 public:
  using Texts = std::vector<std::pair<std::string, std::string>>;
  explicit Names(std::uint64_t seed = 0, std::shared_ptr<const Texts> shared = nullptr)
      : shared_(std::move(shared)), random_(seed) {}
  // A name that is set hides the shared one.
  void set(std::string name, std::string text);
  const std::string* find(std::string_view name) const;
  // The names with this prefix that were set, without shared ones.
  std::vector<std::string> names_like(std::string_view prefix) const;

  // From now on `made` is called with the input and output of every filter.
  using Made = std::function<void(std::string_view of, std::string_view made)>;
  void report_made(Made made) { made_ = std::move(made); }
  void tell_made(std::string_view of, std::string_view made) const {
    if (made_) made_(of, made);
  }

  Random& random() { return random_; }
  std::uint64_t next_count() { return ++count_; }

 private:
  Texts texts_;
  std::shared_ptr<const Texts> shared_;
  Random random_;
  std::uint64_t count_ = 0;
  Made made_;
};

// Text with `{{ }}` for values known at run time: a name or a function, then filters, as in
// `{{identity.username}}`, `{{token | b64url}}`, `{{nonce(12)}}`. Functions: uuid() nonce(n)
// rand(a,b) counter() now(). Filters: json b64 b64url hex urlenc lower sha256 xml unhex len16
// varint len number. Filters apply from left to right; `json` escapes for the inside of a JSON
// string, `xml` for the inside of an element, sha256 gives hex digits, `unhex` the bytes of hex
// digits (nothing for other input), len16 and varint prepend the length, in two bytes or as in
// MQTT, `len` is the length in bytes in decimal digits, `number` changes nothing in a text; see
// is_number(). Pure.
class Template {
 public:
  Template() = default;
  // A constant template, for defaults in code; aborts if it is invalid.
  Template(const char* text);
  static std::expected<Template, std::string> parse(std::string_view text);

  // The rendered text; the error is an unknown name.
  std::expected<std::string, std::string> render(Names& names) const;

  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }  // as written
  // Whether it is one `{{ }}` that ends in the filter `number`: a number in JSON.
  bool is_number() const;
  std::vector<std::string> names() const;  // the names that it needs
  const config::Place& place() const { return place_; }
  void stands_at(config::Place place) { place_ = std::move(place); }

 private:
  struct Piece;
  std::string text_;
  std::shared_ptr<const std::vector<Piece>> pieces_;
  config::Place place_;
};

}  // namespace sonde::text

namespace sonde::config {
template <>
struct Codec<text::Template> {
  static bool read(const Value&, const Reader&, const Rule&, text::Template& out);
  static Value schema(const Rule&);
  static std::string show(const text::Template& value) { return value.text(); }
};
}  // namespace sonde::config
