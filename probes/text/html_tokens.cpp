#include "probes/text/html_tokens.hpp"

#include <algorithm>
#include <array>

#include "probes/text/ascii.hpp"
#include "probes/text/html_entities.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t attributes_max = 256;
constexpr std::size_t value_max = 64 * 1024;
constexpr std::string_view html_blanks = " \t\r\n\f";

bool is_html_blank(char c) { return html_blanks.contains(c); }

// Elements without tags inside (HTML section 13.2.6.4); two of them have references in their text.
bool is_raw(std::string_view name) {
  constexpr std::array<std::string_view, 9> names = {
      "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"};
  return name.size() >= 3 && std::ranges::find(names, name) != names.end();
}
bool has_references(std::string_view name) { return name == "textarea" || name == "title"; }

}  // namespace

HtmlTokens::Kind HtmlTokens::next() { return raw_.empty() ? read_data() : read_raw(); }

std::optional<std::string> HtmlTokens::attribute(std::string_view name) const {
  const auto found = std::ranges::find_if(
      attributes_, [&](const Attribute& attribute) { return same_word(attribute.name, name); });
  if (found == attributes_.end()) return std::nullopt;
  return html_unescape(found->value, true, value_max);
}

std::string HtmlTokens::text() const {
  if (decoded_) return html_unescape(text_, false, value_max);
  return std::string(text_.substr(0, value_max));
}

HtmlTokens::Kind HtmlTokens::take_text(std::size_t end, bool decoded) {
  text_ = page_.substr(at_, end - at_);
  decoded_ = decoded;
  at_ = end;
  return Kind::text;
}

HtmlTokens::Kind HtmlTokens::read_data() {
  while (at_ < page_.size()) {
    const auto byte = [&](std::size_t i) { return at_ + i < page_.size() ? page_[at_ + i] : '\0'; };
    if (byte(0) != '<') return take_text(std::min(page_.find('<', at_), page_.size()), true);
    Kind kind = Kind::end;
    if (is_letter(byte(1)))
      kind = read_tag(Kind::start_tag, at_ + 1);
    else if (byte(1) == '/' && is_letter(byte(2)))
      kind = read_tag(Kind::end_tag, at_ + 2);
    else if (page_.substr(at_, 4) == "<!--")
      skip_comment();
    else if (byte(1) == '!' || byte(1) == '?' || byte(1) == '/')
      skip_to_end_of_tag();
    else
      return take_text(std::min(page_.find('<', at_ + 1), page_.size()), true);
    if (kind != Kind::end) return kind;
  }
  return Kind::end;
}

// Up to the end tag of the element, which is read next, or else to the end of the page.
HtmlTokens::Kind HtmlTokens::read_raw() {
  const bool decoded = has_references(raw_);
  const std::size_t size = raw_.size();
  std::size_t end = page_.find("</", at_);
  for (; end < page_.size(); end = page_.find("</", end + 2)) {
    const std::size_t behind = end + 2 + size;
    const bool named = same_word(page_.substr(end + 2, size), raw_) && raw_ != "plaintext";
    if (named && behind < page_.size() &&
        (is_html_blank(page_[behind]) || page_[behind] == '/' || page_[behind] == '>'))
      break;
  }
  raw_.clear();
  end = std::min(end, page_.size());
  return end > at_ ? take_text(end, decoded) : read_data();
}

// Kind::end: the page ends within the tag, which browsers ignore.
HtmlTokens::Kind HtmlTokens::read_tag(Kind kind, std::size_t name_at) {
  const std::size_t end = std::min(page_.find_first_of(" \t\r\n\f/>", name_at), page_.size());
  name_ = page_.substr(name_at, std::min<std::size_t>(end - name_at, 64));
  std::ranges::transform(name_, name_.begin(), lower);
  attributes_.clear();
  at_ = end;
  while (true) {
    while (at_ < page_.size() && (is_html_blank(page_[at_]) || page_[at_] == '/')) ++at_;
    if (at_ == page_.size()) return Kind::end;
    if (page_[at_] == '>') break;
    if (!read_attribute()) return Kind::end;
  }
  ++at_;
  if (kind == Kind::start_tag && is_raw(name_)) raw_ = name_;
  return kind;
}

// False: the page ends within the value.
bool HtmlTokens::read_attribute() {
  Attribute attribute;
  std::size_t end = std::min(page_.find_first_of(" \t\r\n\f/>=", at_ + 1), page_.size());
  attribute.name = page_.substr(at_, end - at_);
  at_ = std::min(page_.find_first_not_of(html_blanks, end), page_.size());
  if (at_ < page_.size() && page_[at_] == '=') {
    at_ = std::min(page_.find_first_not_of(html_blanks, at_ + 1), page_.size());
    if (at_ == page_.size()) return false;
    const bool quoted = page_[at_] == '"' || page_[at_] == '\'';
    end = quoted ? page_.find(page_[at_], at_ + 1) : page_.find_first_of(" \t\r\n\f>", at_);
    if (end == page_.npos) {
      at_ = page_.size();
      return false;
    }
    if (quoted) ++at_;
    attribute.value = page_.substr(at_, end - at_);
    at_ = quoted ? end + 1 : end;
  }
  truncated_ = truncated_ || attributes_.size() == attributes_max;
  if (attributes_.size() < attributes_max) attributes_.push_back(attribute);
  return true;
}

void HtmlTokens::skip_comment() {
  std::size_t at = at_ + 4;
  if (page_.substr(at, 1) == ">" || page_.substr(at, 2) == "->") return skip_to_end_of_tag();
  for (at = page_.find("--", at); at < page_.size(); at = page_.find("--", at + 1)) {
    const std::size_t behind = page_.substr(at + 2, 1) == "!" ? at + 3 : at + 2;
    if (page_.substr(behind, 1) != ">") continue;
    at_ = behind + 1;
    return;
  }
  at_ = page_.size();
}

void HtmlTokens::skip_to_end_of_tag() {
  const std::size_t end = page_.find('>', at_);
  at_ = end == page_.npos ? page_.size() : end + 1;
}

}  // namespace sonde::text
