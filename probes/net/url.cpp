#include "probes/net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"

namespace sonde::net {
namespace {

constexpr std::size_t url_max = 8192;

std::unexpected<std::string> wrong(std::string_view why) {
  return std::unexpected(std::string(why));
}

bool host_char(char c) {
  return text::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

std::uint16_t own_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  return scheme == "https" || scheme == "wss" ? 443 : 0;
}

bool is_v4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_v6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Labels of 1 to 63 letters, digits, '-' and '_'; a trailing dot is allowed.
bool is_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (char c : host) {
    if (c == '.' ? label == 0 : !host_char(c)) return false;
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

std::expected<std::string, std::string> host_of(std::string_view text) {
  if (text.empty()) return wrong("no host");
  if (text.front() == '[') {
    std::string v6 = text::lowered(text.substr(1, text.size() - 2));
    if (text.back() != ']' || !is_v6(v6)) return wrong("not an IPv6 address in the brackets");
    return v6;
  }
  std::string host = text::lowered(text);
  if (!is_name(host)) return wrong("not a host name (IDNs are written as xn--...)");
  if (looks_like_v4(host) && !is_v4(host)) return wrong("not an IPv4 address");
  return host;
}

std::expected<std::uint16_t, std::string> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stopped != end || port == 0) return wrong("port is not 1 to 65535");
  return port;
}

std::expected<void, std::string> read_authority(std::string_view text, Url& url) {
  if (text.contains('@')) return wrong("a user or password does not belong in a URL");
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = host_of(text.substr(0, colon));
  if (!host) return std::unexpected(std::move(host.error()));
  url.host = std::move(*host);
  if (colon == std::string_view::npos || colon + 1 == text.size()) return {};
  const auto port = port_of(text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  url.port = *port;
  return {};
}

}  // namespace

std::string Url::authority() const {
  std::string all = host.contains(':') ? "[" + host + "]" : host;
  if (port != own_port(scheme)) all += ":" + std::to_string(port);
  return all;
}

std::string Url::text() const { return scheme + "://" + authority() + target; }

std::expected<Url, std::string> parse_url(std::string_view text) {
  if (text.size() > url_max) return wrong("longer than 8192 bytes");
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c >= '\x7f'; }))
    return wrong("a space, a control or a non-ASCII character: write it as %XX");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return wrong("not of the form scheme://host");
  Url url;
  url.scheme = text::lowered(text.substr(0, colon));
  url.port = own_port(url.scheme);
  if (url.port == 0) return wrong("the scheme is not one of http, https, ws, wss");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const auto slash = std::min(text.find_first_of("/?"), text.size());
  if (auto read = read_authority(text.substr(0, slash), url); !read)
    return std::unexpected(std::move(read.error()));
  text.remove_prefix(slash);
  url.target = (text.starts_with('/') ? "" : "/") + std::string(text);
  return url;
}

}  // namespace sonde::net

// Reference resolution, RFC 3986 section 5.2, where path and query are one text.
namespace sonde::net {
namespace {

// Servers put raw UTF-8 and spaces into Location; escaped here as in browsers.
std::string escaped(std::string_view text) {
  return text::percent_encode(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find_first_of(":/?#");
  if (colon == std::string_view::npos || colon == 0 || text[colon] != ':') return false;
  const auto letter = static_cast<char>(text[0] | 0x20);
  return letter >= 'a' && letter <= 'z';
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  return target.substr(std::min(target.find('?'), target.size()));
}

// Section 5.2.4: removes "." and ".." from a path that starts with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto next = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, next - 1);
    const bool last = next == path.size();
    path.remove_prefix(next);
    if (segment == "..") out.resize(std::min(out.rfind('/'), out.size()));
    if (segment == ".." || segment == ".")
      out += last ? "/" : "";
    else
      (out += '/') += segment;
  }
  return out.empty() ? "/" : out;
}

std::string tidy(std::string_view target) {
  return without_dots(path_of(target)) + std::string(query_of(target));
}

// Sections 5.2.3 and 5.2.2: the target of a relative reference without authority.
std::string merged(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string(base);
  if (reference.front() == '?') return std::string(path_of(base)) + std::string(reference);
  if (reference.front() == '/') return tidy(reference);
  const auto folder = path_of(base);
  return tidy(std::string(folder.substr(0, folder.rfind('/') + 1)) + std::string(reference));
}

}  // namespace

std::expected<Url, std::string> resolve(const Url& base, std::string_view location) {
  if (location.empty()) return std::unexpected("empty");
  if (location.size() > 8192) return std::unexpected("longer than 8192 bytes");
  std::string reference = escaped(location);
  const bool network = reference.starts_with("//");
  if (network) reference.insert(0, base.scheme + ":");
  if (!network && !has_scheme(reference)) {
    Url url = base;
    reference.resize(std::min(reference.find('#'), reference.size()));
    url.target = merged(base.target, reference);
    return url;
  }
  auto url = parse_url(reference);
  if (url) url->target = tidy(url->target);
  return url;
}

}  // namespace sonde::net
