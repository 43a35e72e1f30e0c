#include "probes/net/http/tidied_head.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "probes/net/http/http_text.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::net {
namespace {

constexpr std::string_view blanks = " \t";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string_view without_line_ends_before(std::string_view bytes) {
  constexpr std::size_t ignored_max = 4;  // as in Chromium
  const std::size_t begin = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
  return begin <= ignored_max ? bytes.substr(begin) : bytes;
}

// "HTTP/1.1 200 OK" of "http/1.2   200"; nullopt: it is no status line.
std::optional<std::string> status_line(std::string_view line) {
  constexpr std::size_t version = 8, digits = 3;
  if (!may_begin_head(line) || line.size() <= version || !text::is_digit(line[version - 1]))
    return std::nullopt;
  const bool old = line[version - 1] == '0';
  line.remove_prefix(version);
  const std::size_t code_at = line.find_first_not_of(blanks);
  if (code_at == 0 || code_at == line.npos) return std::nullopt;
  line.remove_prefix(code_at);
  const std::string_view code = line.substr(0, digits);
  if (code.size() != digits || !std::ranges::all_of(code, text::is_digit)) return std::nullopt;
  std::string reason(line.substr(digits));
  if (!reason.empty() && !blanks.contains(reason.front())) return std::nullopt;
  std::ranges::replace_if(reason, is_control, ' ');
  return (old ? "HTTP/1.0 " : "HTTP/1.1 ") + std::string(code) + (reason.empty() ? " " : reason);
}

using Field = std::pair<std::string, std::string>;  // name and value, as written

// Adds a line of a header section to the fields; `kept`: whether the line before it is one of them.
void add_line(std::string_view line, std::vector<Field>& fields, bool& kept) {
  if (blanks.contains(line.front())) {
    if (kept) fields.back().second += " " + std::string(trimmed(line));
    return;
  }
  const std::size_t colon = line.find(':');
  std::string_view name = line.substr(0, std::min(colon, line.size()));
  name = name.substr(0, name.find_last_not_of(blanks) + 1);
  kept = colon != line.npos && is_token(name);
  if (kept) fields.emplace_back(name, trimmed(line.substr(colon + 1)));
}

bool is_chunked(const std::vector<Field>& fields) {
  return std::ranges::any_of(fields, [](const Field& field) {
    const std::string_view last =
        std::string_view(field.second).substr(field.second.rfind(',') + 1);
    return same_word(field.first, "transfer-encoding") && same_word(trimmed(last), "chunked");
  });
}

}  // namespace

bool may_begin_head(std::string_view bytes) {
  constexpr std::string_view begin = "http/1.";
  bytes = without_line_ends_before(bytes).substr(0, begin.size());
  return text::lowered(bytes) == begin.substr(0, bytes.size());
}

std::size_t end_of_head(std::string_view bytes, std::size_t from) {
  // Line ends before the status line are not the end.
  const std::size_t begin = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
  for (std::size_t at = bytes.find('\n', std::max(from, begin)); at != bytes.npos;
       at = bytes.find('\n', at + 1)) {
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with('\n')) return at + 2;
    if (next == "\r\n") return at + 3;
  }
  return bytes.npos;
}

std::optional<std::string> tidied_head(std::string_view head) {
  head = without_line_ends_before(head);
  std::string out;
  std::vector<Field> fields;
  bool kept = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_of(std::string_view("\r\0", 2)) != line.npos) return std::nullopt;
    if (out.empty()) {
      const auto status = status_line(line);
      if (!status) return std::nullopt;
      out = *status + "\r\n";
    } else if (!line.empty()) {
      add_line(line, fields, kept);
    }
  }
  const bool chunked = is_chunked(fields);
  for (const auto& [name, value] : fields)
    if (!chunked || !same_word(name, "content-length"))
      out.append(name).append(": ").append(value).append("\r\n");
  return out + "\r\n";
}

std::optional<std::string_view> chunk_padding(std::string_view bytes) {
  const std::size_t line = bytes.starts_with("\r\n") ? 2 : 0;  // the end of the chunk before it
  const std::size_t begin = bytes.find_first_not_of("0123456789abcdefABCDEF", line);
  if (begin == bytes.npos || begin == line) return std::nullopt;
  const std::size_t end = std::min(bytes.find_first_not_of(blanks, begin), bytes.size());
  const std::string_view rest = bytes.substr(end);
  if (end > begin && (rest.empty() || rest == "\r")) return "";
  if (end == begin || !rest.starts_with("\r\n")) return std::nullopt;
  return bytes.substr(begin, end - begin);
}

}  // namespace sonde::net
