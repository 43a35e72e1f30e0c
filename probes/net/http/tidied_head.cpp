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

// Whether it is older than HTTP/1.1.
bool is_old(std::string_view version) { return version.starts_with('0') || version == "1.0"; }

// "HTTP/1.1 200 OK" of "http/1.2   200"; nullopt: it is no status line.
std::optional<std::string> status_line(std::string_view line) {
  constexpr std::size_t name = 5, digits = 3;
  const std::size_t end = line.find_first_of(blanks);
  if (!may_begin_head(line) || end == line.npos || end == name) return std::nullopt;
  const std::string_view version = line.substr(name, end - name);
  const bool valid = version.size() == 3 && text::is_digit(version[0]) && version[1] == '.' &&
                     text::is_digit(version[2]);
  if (!valid) return std::nullopt;
  const bool old = is_old(version);
  line.remove_prefix(end);
  const std::size_t code_at = line.find_first_not_of(blanks);
  if (code_at == line.npos) return std::nullopt;
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
  if (!kept) return;
  std::string value(trimmed(line.substr(colon + 1)));
  const bool control =
      std::ranges::any_of(value, [](char c) { return is_control(c) && c != '\t'; });
  kept = !control || !same_word(name, "set-cookie");
  if (control) std::ranges::replace_if(value, is_control, ' ');
  if (kept) fields.emplace_back(name, std::move(value));
}

bool is_chunked(const std::vector<Field>& fields) {
  return std::ranges::any_of(fields, [](const Field& field) {
    return same_word(field.first, "transfer-encoding") && lists(field.second, "chunked");
  });
}

}  // namespace

bool may_begin_head(std::string_view bytes) {
  constexpr std::string_view begin = "http/";
  bytes = without_line_ends_before(bytes);
  const std::string_view first = bytes.substr(0, begin.size());
  if (text::lowered(first) != begin.substr(0, first.size())) return false;
  return bytes.size() <= begin.size() || text::is_digit(bytes[begin.size()]);
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
  if (chunked) out += "Transfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : fields)
    if (!chunked || (!same_word(name, "content-length") && !same_word(name, "transfer-encoding")))
      out.append(name).append(": ").append(value).append("\r\n");
  return out + "\r\n";
}

namespace {

// Where a section of lines from `at` on ends, which is after an empty one; nullopt: it goes on.
std::optional<std::size_t> end_of_lines(std::string_view bytes, std::size_t at) {
  for (std::size_t lf = bytes.find('\n', at); lf != bytes.npos; lf = bytes.find('\n', at)) {
    const std::string_view line = bytes.substr(at, lf - at);
    at = lf + 1;
    if (line.empty() || line == "\r") return at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ChunkHead> tidied_chunk_head(std::string_view bytes) {
  constexpr std::string_view line_end = "\r\n";
  const bool follows = bytes.starts_with('\n') || bytes.starts_with(line_end);
  const std::size_t begin = follows ? (bytes.front() == '\n' ? 1 : 2) : 0;
  const std::size_t lf = bytes.find('\n', begin);
  if (lf == bytes.npos) return ChunkHead();
  const bool crlf = lf > begin && bytes[lf - 1] == '\r';
  std::string_view line = bytes.substr(begin, lf - begin - (crlf ? 1 : 0));
  const std::string_view number = line.substr(0, line.find_first_not_of("0123456789abcdefABCDEF"));
  std::string_view after = line.substr(number.size());
  after.remove_prefix(std::min(after.find_first_not_of(blanks), after.size()));
  const bool padded = number.size() + after.size() < line.size();
  ChunkHead head{.bytes = lf + 1, .tidied = std::string(follows ? line_end : "")};
  if (number.empty() || (!after.empty() && after.front() != ';')) {
    head.tidied.append(line).append(line_end);  // no chunk header, which the parser finds out
    return head;
  }
  head.tidied.append(number).append(line_end);
  if (number.find_first_not_of('0') == number.npos) {
    const auto end = end_of_lines(bytes, head.bytes);
    head.bytes = end.value_or(0);
    head.tidied += line_end;
    return head;
  }
  const bool right = crlf && begin != 1 && !padded;
  return right ? std::nullopt : std::optional(std::move(head));
}

}  // namespace sonde::net
