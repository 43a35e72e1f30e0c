#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::text {

// The tokens of a page, as HTML 13.2.5 reads it: tags with their attributes, and text. Comments,
// doctypes and what breaks off within a tag are left out; the contents of script, style and their
// like are text. Linear time whatever the page, for no token looks at another one.
class HtmlTokens {
 public:
  enum class Kind : std::uint8_t { end, start_tag, end_tag, text };

  // `page` outlives the tokens.
  explicit HtmlTokens(std::string_view page) : page_(page) {}

  // Goes to the next token; Kind::end: there is none.
  Kind next();
  // The name of a tag, in lower case.
  const std::string& name() const { return name_; }
  // An attribute of a start tag by its name in lower case, decoded, its first 64 KB. Of two with
  // one name the first counts, as in browsers. Of more than 256 attributes the rest is not seen.
  std::optional<std::string> attribute(std::string_view name) const;
  // The text: references decoded where the element has them, its first 64 KB.
  std::string text() const;
  // Whether a start tag had more attributes than are kept.
  bool truncated() const { return truncated_; }

 private:
  struct Attribute {
    std::string_view name, value;  // as written
  };

  Kind read_data();
  Kind read_raw();
  Kind read_tag(Kind kind, std::size_t name_at);
  bool read_attribute();
  void skip_comment();
  void skip_to_end_of_tag();
  Kind take_text(std::size_t end, bool decoded);

  std::string_view page_;
  std::size_t at_ = 0;
  std::string name_;
  std::vector<Attribute> attributes_;
  std::string raw_;  // the element whose contents are text, up to its end tag; empty: none
  std::string_view text_;
  bool decoded_ = true;
  bool truncated_ = false;
};

}  // namespace sonde::text
