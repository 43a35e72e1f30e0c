#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"

namespace sonde::text {

// A regular expression written by a user (RE2: linear time, bounded memory). Matches anywhere
// unless anchored. Copies share the compiled program.
class Pattern {
 public:
  Pattern();
  ~Pattern();
  Pattern(const Pattern&);
  Pattern& operator=(const Pattern&);
  static std::expected<Pattern, std::string> parse(std::string_view text);
  bool found_in(std::string_view text) const;
  // The names of the groups, the whole match first; a group without a name has its number as name.
  const std::vector<std::string>& group_names() const;
  // Stores the whole match and its groups as views of `text` in `found`; a group that did not
  // participate has no data. False: no match.
  bool find(std::string_view text, std::vector<std::string_view>& found) const;
  // The whole match and its groups; empty: no match.
  std::vector<std::string> groups(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  struct Program;
  std::shared_ptr<const Program> program_;
  std::string text_;
};

}  // namespace sonde::text

namespace sonde::config {
template <>
struct Codec<text::Pattern> {
  static bool read(const Value&, const Reader&, const Rule&, text::Pattern& out);
  static Value schema(const Rule&);
  static std::string show(const text::Pattern& pattern) { return pattern.text(); }
};
}  // namespace sonde::config
