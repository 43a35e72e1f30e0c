#include "config/text_check.hpp"

#include <algorithm>

#include "config/load.hpp"

namespace sonde::config {
namespace {

unsigned char byte(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

struct Sequence {  // of UTF-8 (RFC 3629, section 4)
  std::size_t size;
  unsigned char second_min, second_max;
};

Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead < 0xF0)
    return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
  if (lead < 0xF5)
    return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
  return {0, 0, 0};
}

// Length of the character at the start of `text`; 0: not UTF-8.
std::size_t character_size(std::string_view text) {
  const Sequence sequence = sequence_of(byte(text, 0));
  if (sequence.size < 2) return sequence.size;
  const unsigned char second = byte(text, 1);
  if (second < sequence.second_min || second > sequence.second_max) return 0;
  for (std::size_t i = 2; i < sequence.size; ++i)
    if ((byte(text, i) & 0xC0U) != 0x80) return 0;
  return sequence.size;
}

bool is_forbidden_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return (code < 0x20 && c != '\t' && c != '\n' && c != '\r') || code == 0x7F;
}

std::string flaw_at(std::string_view rest, bool in_indentation) {
  if (rest[0] == '\0') return "a NUL byte";
  if (is_forbidden_control(rest[0])) return "a control character";
  if (rest[0] == '\t' && in_indentation) return "a tab in the indentation; use spaces";
  return character_size(rest) == 0 ? "this is not UTF-8" : "";
}

// The last character before `at` that is not a space; a line break at the start of the line.
char before(std::string_view line, std::size_t at) {
  const std::size_t found = at == 0 ? at : line.find_last_not_of(' ', at - 1);
  return at == 0 || found == std::string_view::npos ? '\n' : line[found];
}

bool starts_value(std::string_view line, std::size_t at) {
  const char last = before(line, at);
  if (last == '[' || last == ',' || last == '\n') return true;
  return (last == ':' || last == '-') && at > 0 && line[at - 1] == ' ';
}

// A quote within a word, as in it's, does not open a string.
bool opens_quote(std::string_view line, std::size_t at) {
  const bool is_quote = line[at] == '"' || line[at] == '\'';
  return is_quote && (at == 0 || std::string_view(" [{,").contains(line[at - 1]));
}

// Where a {{ starts a value, outside quotes and comments.
std::size_t unquoted_template(std::string_view line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != '\0') {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = '\0';
    } else if (opens_quote(line, i)) {
      quote = c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
      break;
    } else if (line.substr(i).starts_with("{{") && starts_value(line, i)) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<Flaw> find_flaw(std::string_view yaml) {
  if (yaml.size() > file_bytes_max) return Flaw{0, 0, "is larger than 1MB"};
  int line = 1;
  std::size_t line_start = 0;
  bool in_indentation = true;
  for (std::size_t i = 0; i < yaml.size(); i += character_size(yaml.substr(i))) {
    const std::string flaw = flaw_at(yaml.substr(i), in_indentation);
    if (!flaw.empty()) return Flaw{line, static_cast<int>(i - line_start) + 1, flaw};
    if (yaml[i] == '\n') {
      ++line;
      line_start = i + 1;
    }
    in_indentation = yaml[i] == '\n' || (in_indentation && yaml[i] == ' ');
  }
  return std::nullopt;
}

namespace {

// A line that is neither empty nor a comment.
struct Line {
  int number = 0;
  int indentation = 0;
  std::string_view text;  // without indentation and comment
};

// The lines up to number `last`, those that count.
std::vector<Line> lines_until(std::string_view yaml, int last) {
  std::vector<Line> lines;
  for (int number = 1; !yaml.empty() && number <= last; ++number) {
    std::string_view line = yaml.substr(0, yaml.find('\n'));
    yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
    const std::size_t begin = line.find_first_not_of(" \r");
    if (begin == line.npos || line[begin] == '#') continue;
    line = line.substr(begin, line.find(" #") - begin);
    lines.push_back(
        {number, static_cast<int>(begin), line.substr(0, line.find_last_not_of(" \r") + 1)});
  }
  return lines;
}

bool opens_block(std::string_view text) {
  return text.ends_with(':') || text.starts_with('-') || text.ends_with('|') ||
         text.ends_with('>') || text.ends_with('{') || text.ends_with('[') || text.ends_with(',');
}

bool has_key(std::string_view text) { return text.ends_with(':') || text.find(": ") != text.npos; }

std::string spaces(int count) {
  return std::to_string(count) + (count == 1 ? " space" : " spaces");
}

}  // namespace

std::optional<Flaw> find_bad_indentation(std::string_view yaml, int line) {
  const std::vector<Line> lines = lines_until(yaml, line);
  if (lines.size() < 2 || lines.back().number != line) return std::nullopt;
  const Line& last = lines.back();
  const Line& above = lines[lines.size() - 2];
  const auto flaw = [](const Line& at, std::string text) {
    return Flaw{at.number, at.indentation + 1, std::move(text)};
  };
  if (last.indentation > above.indentation && !opens_block(above.text)) {
    if (!has_key(above.text)) return flaw(above, "the colon after the key is missing");
    return flaw(last, "is indented by " + spaces(last.indentation) +
                          ", more than the line above it (" + spaces(above.indentation) +
                          "), which has a value already; keys of one mapping are indented alike");
  }
  if (last.indentation == above.indentation && has_key(last.text) && !has_key(above.text) &&
      !above.text.starts_with('-'))
    return flaw(above, "the colon after the key is missing");
  const auto alike = [&](const Line& other) { return other.indentation == last.indentation; };
  if (last.indentation >= above.indentation || std::any_of(lines.begin(), lines.end() - 1, alike))
    return std::nullopt;
  int outer = 0, inner = above.indentation;
  for (const Line& other : lines) {
    if (other.indentation < last.indentation) outer = std::max(outer, other.indentation);
    if (other.indentation > last.indentation) inner = std::min(inner, other.indentation);
  }
  return flaw(last, "is indented by " + spaces(last.indentation) +
                        ", and no line above it is; keys of one "
                        "mapping are indented alike, here by " +
                        std::to_string(outer) + " or " + spaces(inner));
}

std::vector<Flaw> find_unquoted_templates(std::string_view yaml) {
  std::vector<Flaw> found;
  for (int number = 1; !yaml.empty(); ++number) {
    const std::string_view line = yaml.substr(0, yaml.find('\n'));
    if (const std::size_t at = unquoted_template(line); at != std::string_view::npos)
      found.push_back(
          {number, static_cast<int>(at) + 1, "a value that starts with {{ must be quoted"});
    yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
  }
  return found;
}

}  // namespace sonde::config
