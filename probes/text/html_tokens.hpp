#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::text {

// The tokens of a page, as in HTML section 13.2.5: tags with their attributes, and text. Skips
// comments, doctypes and an incomplete tag at the end; the content of script, style and similar
// elements is text. Linear time for any page, because each token is read independently.
class HtmlTokens {
 public:
  enum class Kind : std::uint8_t { end, start_tag, end_tag, text };

  // `page` has to outlive the tokens.
  explicit HtmlTokens(std::string_view page) : page_(page) {}

  // Goes to the next token; Kind::end: there is none.
  Kind next();
  // The name of the tag, in lower case.
  const std::string& name() const { return name_; }
  // A decoded attribute of a start tag by its lower-case name, at most 64 KB of it. Of two with the
  // same name the first counts, as in browsers. Only the first 256 attributes are available.
  std::optional<std::string> attribute(std::string_view name) const;
  // The text, at most 64 KB of it, with references decoded if the element has them.
  std::string text() const;
  // Whether a start tag had more attributes than that.
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
  std::string raw_;  // the element whose content is text until its end tag; empty: none
  std::string_view text_;
  bool decoded_ = true;
  bool truncated_ = false;
};

}  // namespace sonde::text
