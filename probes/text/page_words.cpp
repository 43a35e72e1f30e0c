#include "probes/text/page_words.hpp"

#include <algorithm>

#include "probes/text/ascii.hpp"
#include "probes/text/html_tokens.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t page_max = 1024 * 1024, words_max = 20000, word_bytes_max = 64;

bool is_word_byte(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}
bool has_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

void add_word(std::string_view word, std::set<std::string>& words) {
  if (word.empty() || word.size() > word_bytes_max || has_digit(word)) return;
  if (words.size() < words_max) words.insert(lowered(word));
}

// "Log out" is one word as well, as in the addresses of links.
bool is_one_word(std::string_view first, std::string_view second) {
  return (same_word(first, "log") || same_word(first, "sign")) &&
         (same_word(second, "in") || same_word(second, "out") || same_word(second, "off"));
}

void add_words(std::string_view text, std::set<std::string>& words) {
  std::string_view before;
  while (!text.empty()) {
    const auto begin = std::ranges::find_if(text, is_word_byte);
    const auto end = std::find_if_not(begin, text.end(), is_word_byte);
    const std::string_view word(begin, end);
    add_word(word, words);
    if (is_one_word(before, word)) add_word(std::string(before) + std::string(word), words);
    before = word;
    text = std::string_view(end, text.end());
  }
}

bool says(std::string_view text, std::string_view phrase) {
  const auto bounded = [&](std::size_t at) {
    const std::size_t end = at + phrase.size();
    return (at == 0 || !is_word_byte(text[at - 1])) &&
           (end == text.size() || !is_word_byte(text[end]));
  };
  for (std::size_t at = text.find(phrase); at != text.npos; at = text.find(phrase, at + 1))
    if (bounded(at)) return true;
  return false;
}

bool is_unreadable(std::string_view element) {
  return element == "script" || element == "style" || element == "iframe" || element == "noframes";
}

void add_attributes(const HtmlTokens& tag, std::set<std::string>& words) {
  if (tag.name() == "a")
    if (const auto to = tag.attribute("href")) add_word(word_of_path(*to), words);
  if (tag.name() == "form")
    if (const auto to = tag.attribute("action")) add_word(word_of_path(*to), words);
  if (tag.name() == "img")
    if (const auto instead = tag.attribute("alt")) add_words(*instead, words);
  const bool input = tag.name() == "input";
  if (input && lowered(tag.attribute("type").value_or("")) == "submit")
    if (const auto label = tag.attribute("value")) add_words(*label, words);
}

}  // namespace

std::string word_of_path(std::string_view url) {
  const std::string_view path = url.substr(0, url.find_first_of("?#;"));
  return has_digit(path) ? "" : lowered(path.substr(0, word_bytes_max));
}

std::set<std::string> words_of_page(std::string_view page) {
  std::set<std::string> words;
  HtmlTokens tokens(page.substr(0, page_max));
  bool readable = true;
  for (auto kind = tokens.next(); kind != HtmlTokens::Kind::end; kind = tokens.next()) {
    if (kind == HtmlTokens::Kind::start_tag) add_attributes(tokens, words);
    if (kind == HtmlTokens::Kind::text && readable) add_words(tokens.text(), words);
    readable = kind != HtmlTokens::Kind::start_tag || !is_unreadable(tokens.name());
  }
  return words;
}

bool page_says(std::string_view page, std::string_view phrase) {
  constexpr std::string_view spoken[] = {"alt", "title", "aria-label", "content", "href"};
  const std::string wanted = lowered(phrase);
  if (wanted.empty()) return false;
  HtmlTokens tokens(page.substr(0, page_max));
  for (auto kind = tokens.next(); kind != HtmlTokens::Kind::end; kind = tokens.next()) {
    if (kind == HtmlTokens::Kind::text && says(lowered(tokens.text()), wanted)) return true;
    if (kind != HtmlTokens::Kind::start_tag) continue;
    for (const std::string_view name : spoken)
      if (const auto value = tokens.attribute(name); value && says(lowered(*value), wanted))
        return true;
  }
  return false;
}

std::string title_of_page(std::string_view page) {
  constexpr std::size_t looked_at = 64 * 1024;
  HtmlTokens tokens(page.substr(0, looked_at));
  bool in_title = false;
  for (auto kind = tokens.next(); kind != HtmlTokens::Kind::end; kind = tokens.next()) {
    if (kind == HtmlTokens::Kind::text && in_title) {
      std::string title;
      bool gap = false;
      for (const char c : tokens.text()) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
        if (!blank && gap && !title.empty()) title += ' ';
        gap = blank;
        if (!blank) title += c;
      }
      return title;
    }
    in_title = kind == HtmlTokens::Kind::start_tag && tokens.name() == "title";
  }
  return "";
}

}  // namespace sonde::text
