#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <vector>

#include "probes/net/host.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/unescape.hpp"
#include "probes/text/utf8.hpp"
#include "tests/conformance/suite.hpp"

namespace sonde::conformance::idna_test {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// The columns of a line, without its comment.
std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::istringstream rest(line.substr(0, line.find('#')));
  for (std::string one; std::getline(rest, one, ';');) columns.push_back(trimmed(one));
  return columns;
}

// \uXXXX and \x{XXXX} as characters.
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool braced = text.starts_with("\\x{");
    const bool escaped = braced || text.starts_with("\\u");
    const std::size_t begin = braced ? 3 : 2;
    const std::size_t end = braced ? text.find('}') : begin + 4;
    out += escaped ? text::utf8_of(static_cast<std::uint32_t>(
                         std::stoul(std::string(text.substr(begin, end - begin)), nullptr, 16)))
                   : std::string(1, text.front());
    text.remove_prefix(escaped ? end + (braced ? 1 : 0) : 1);
  }
  return out;
}

// The statuses that a browser looks at (WHATWG URL section 3.5): it checks neither hyphens (V2, V3)
// nor STD3 rules (U1). Lengths (A4) it leaves to DNS, whose limits are Sonde's.
bool is_an_error(std::string_view status) {
  for (const std::string_view ignored : {"V2", "V3", "U1"})
    if (status.contains(ignored) && status.size() == ignored.size() + 2) return false;
  return !status.empty() && status != "[]";
}

bool has_dns_characters(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return text::is_word(c) || c == '-' || c == '.'; });
}

// https://www.unicode.org/Public/idna: what toASCII makes of a name, not transitional.
TEST(IdnaConformance, NamesAreWrittenInAsciiAsByBrowsers) {
  std::istringstream data(read_data("/usr/share/cargo/registry/idna-0.3.0/tests/IdnaTestV2.txt"));
  Suite suite("idna");
  for (std::string line; std::getline(data, line);) {
    const auto columns = columns_of(line);
    if (columns.size() < 5) continue;
    const std::string source = unescaped(columns[0]);
    const std::string unicode = columns[1].empty() ? source : unescaped(columns[1]);
    const std::string ascii = columns[3].empty() ? unicode : unescaped(columns[3]);
    if (ascii.empty()) continue;
    const std::string& status = columns[4].empty() ? columns[2] : columns[4];
    if (text::is_digit(ascii.back())) continue;  // an IPv4 address, for browsers
    const bool wrong = is_an_error(status) || ascii.empty() || !has_dns_characters(ascii);
    const auto made = net::parse_host_leniently(source);
    suite.compare(shown(source), wrong ? "refuse" : ascii, made.value_or("refuse"));
  }
  suite.conclude(6161);
}

}  // namespace
}  // namespace sonde::conformance::idna_test
