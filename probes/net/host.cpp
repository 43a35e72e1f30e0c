#include "probes/net/host.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::net {
namespace {

std::unexpected<std::string> wrong(std::string_view why) {
  return std::unexpected(std::string(why));
}

bool is_v4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// The address as it is usually written (RFC 5952); nullopt: it is none.
std::optional<std::string> v6_of(const std::string& text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> usual{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  return inet_ntop(AF_INET6, &address, usual.data(), usual.size());
}

bool is_name_character(char c) {
  return text::is_digit(c) || text::is_lower(c) || c == '-' || c == '_';
}

// Labels of 1 to 63 letters, digits, '-' and '_'; a trailing dot is allowed.
bool is_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (char c : host) {
    if (c == '.' ? label == 0 : !is_name_character(c)) return false;
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
  }
  return label > 0;
}

// "1.2.3" or "300.1.1.1" would be looked up as an impossible name, so they are rejected.
bool looks_like_v4(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return !last.empty() && std::ranges::all_of(last, text::is_digit);
}

}  // namespace

std::expected<std::string, std::string> parse_host(std::string_view text) {
  if (text.empty()) return wrong("no host");
  if (text.front() == '[') {
    auto v6 = v6_of(std::string(text.substr(1, text.size() - 2)));
    if (text.back() != ']' || !v6) return wrong("not an IPv6 address in the brackets");
    return *std::move(v6);
  }
  std::string host = text::lowered(text);
  if (!is_name(host)) return wrong("not a host name (IDNs are written as xn--...)");
  if (looks_like_v4(host) && !is_v4(host)) return wrong("not an IPv4 address");
  return host;
}

namespace {

struct Converted {
  int result = IDN2_MALLOC;
  std::string ascii;
};

Converted convert(std::string_view name) {
  constexpr std::size_t name_max = 1024;  // bytes; DNS allows 253
  if (name.size() > name_max || name.contains('\0')) return {IDN2_TOO_BIG_DOMAIN, ""};
  char* made = nullptr;
  const int result = idn2_to_ascii_8z(std::string(name).c_str(), &made, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owned(made, idn2_free);
  return {result, result == IDN2_OK ? owned.get() : ""};
}

std::unexpected<std::string> no_name(int result) {
  return wrong(std::string("not a host name: ") + idn2_strerror(result));
}

}  // namespace

std::expected<std::string, std::string> ascii_name(std::string_view name) {
  auto [result, ascii] = convert(name);
  if (result != IDN2_OK) return no_name(result);
  return ascii;
}

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The name in ASCII. A label that is in ASCII already ("xn--...") has to be one that can be made;
// symbols such as emoji, which IDNA 2008 disallows and browsers do not, are left as they are.
std::expected<std::string, std::string> in_ascii(const std::string& name) {
  if (is_ascii(name) && !text::lowered(name).contains("xn--")) return name;
  auto [result, ascii] = convert(name);
  if (result == IDN2_OK) return ascii;
  return is_ascii(name) && (result == IDN2_DISALLOWED || result == IDN2_UNASSIGNED)
             ? std::expected<std::string, std::string>(name)
             : no_name(result);
}

// A part of an IPv4 address: decimal, octal with a leading 0, hex with 0x.
std::optional<std::uint64_t> v4_part(std::string_view part) {
  int base = 10;
  if (part.starts_with("0x")) {
    base = 16;
    part.remove_prefix(2);
    if (part.empty()) return 0;
  } else if (part.size() > 1 && part.front() == '0') {
    base = 8;
  }
  std::uint64_t number = 0;
  const char* const end = part.data() + part.size();
  const auto read = std::from_chars(part.data(), end, number, base);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

// Section 3.5, "ends in a number".
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() &&
         (std::ranges::all_of(last, text::is_digit) ||
          (last.starts_with("0x") && std::ranges::all_of(last.substr(2), text::is_hex_digit)));
}

// Section 3.5, the IPv4 parser.
std::expected<std::string, std::string> parse_v4(std::string_view host) {
  constexpr std::string_view why = "not an IPv4 address";
  if (host.ends_with('.')) host.remove_suffix(1);
  std::vector<std::uint64_t> parts;
  for (std::size_t at = 0; at <= host.size();) {
    const std::size_t end = std::min(host.find('.', at), host.size());
    const auto part = end == at ? std::nullopt : v4_part(host.substr(at, end - at));
    if (!part || parts.size() == 4) return wrong(why);
    parts.push_back(*part);
    at = end + 1;
  }
  std::uint64_t address = 0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] > 255) return wrong(why);
    address |= parts[i] << (8 * (3 - i));
  }
  if (parts.back() >= std::uint64_t{1} << (8 * (5 - parts.size()))) return wrong(why);
  address |= parts.back();
  return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 255, (address >> 8) & 255,
                     address & 255);
}

}  // namespace

bool is_loopback(std::string_view host) {
  const bool v4 = host.starts_with("127.") &&
                  std::ranges::all_of(host, [](char c) { return c == '.' || text::is_digit(c); });
  return v4 || host == "localhost" || host.ends_with(".localhost") || host == "::1";
}

std::expected<std::string, std::string> parse_host_leniently(std::string_view text) {
  if (text.starts_with('[')) return parse_host(text);
  std::string name = text::utf8_decoded(text::percent_decode(text));
  auto ascii = in_ascii(name);
  if (!ascii) return ascii;
  name = text::lowered(*ascii);
  return ends_in_number(name) ? parse_v4(name) : parse_host(name);
}

}  // namespace sonde::net
