#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"

namespace sonde::text {

// A regular expression that a user wrote (RE2: linear time, bounded memory). Searches anywhere
// unless anchored. Copies share the program.
class Pattern {
 public:
  Pattern();
  ~Pattern();
  Pattern(const Pattern&);
  Pattern& operator=(const Pattern&);
  static std::expected<Pattern, std::string> parse(std::string_view text);
  bool found_in(std::string_view text) const;
  // The names of the groups, the whole match first; a group without a name is called by its number.
  const std::vector<std::string>& group_names() const;
  // The same as views of `text`, into `found`; a group that took no part has no data. False: it is
  // not found.
  bool find(std::string_view text, std::vector<std::string_view>& found) const;
  // The whole match and its groups; empty if it is not found.
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
