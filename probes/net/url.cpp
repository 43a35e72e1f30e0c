#include "probes/net/url.hpp"

#include <algorithm>
#include <charconv>

#include "probes/net/host.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"

namespace sonde::net {
namespace {

constexpr std::size_t url_max = 8192;

std::unexpected<std::string> wrong(std::string_view why) {
  return std::unexpected(std::string(why));
}

std::uint16_t own_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  return scheme == "https" || scheme == "wss" ? 443 : 0;
}

std::expected<std::uint16_t, std::string> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stopped != end || port == 0) return wrong("port is not 1 to 65535");
  return port;
}

using HostParser = std::expected<std::string, std::string> (*)(std::string_view);

std::expected<void, std::string> read_authority(std::string_view text, HostParser host_of,
                                                Url& url) {
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

// `text` has a space, a control or a non-ASCII character.
std::unexpected<std::string> not_ascii(std::string_view text) {
  const auto colon = text.find("://");
  if (colon != text.npos) {
    std::string_view host = text.substr(colon + 3);
    host = host.substr(0, host.find_first_of("/?#:"));
    if (std::ranges::any_of(host, [](char c) { return c < 0 || c >= '\x7f'; }))
      if (const auto ascii = ascii_name(host))
        return wrong("a host name in another script is written in ASCII here: " + *ascii);
  }
  return wrong("a space, a control or a non-ASCII character: write it as %XX");
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
    return not_ascii(text);
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return wrong("not of the form scheme://host");
  Url url;
  url.scheme = text::lowered(text.substr(0, colon));
  url.port = own_port(url.scheme);
  if (url.port == 0) return wrong("the scheme is not one of http, https, ws, wss");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const auto slash = std::min(text.find_first_of("/?"), text.size());
  if (auto read = read_authority(text.substr(0, slash), parse_host, url); !read)
    return std::unexpected(std::move(read.error()));
  text.remove_prefix(slash);
  url.target = (text.starts_with('/') ? "" : "/") + std::string(text);
  return url;
}

}  // namespace sonde::net

// Resolution of what servers send, as browsers do it (WHATWG URL sections 4.4 and 4.5), where path
// and query are one text.
namespace sonde::net {
namespace {

// Escapes what browsers escape in a path, or in a query of these schemes (section 1.3). Other bytes
// than UTF-8 are escaped as they are.
std::string escaped(std::string_view text, std::string_view also) {
  return text::percent_encode(text,
                              [also](char c) { return c > 0x20 && c < 0x7f && !also.contains(c); });
}

std::string escaped_target(std::string_view target) {
  const std::size_t query = std::min(target.find('?'), target.size());
  return escaped(target.substr(0, query), "\"<>`{}") +
         (query < target.size() ? "?" + escaped(target.substr(query + 1), "\"<>'") : "");
}

// Section 4.4, steps 1 to 3: without what browsers ignore, and without the fragment.
std::string cleaned(std::string_view text) {
  const auto ignored = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && ignored(text.front())) text.remove_prefix(1);
  while (!text.empty() && ignored(text.back())) text.remove_suffix(1);
  std::string clean(text.substr(0, text.find('#')));
  std::erase_if(clean, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  // A backslash in front of the query is a slash.
  const auto query = static_cast<std::ptrdiff_t>(std::min(clean.find('?'), clean.size()));
  std::replace(clean.begin(), clean.begin() + query, '\\', '/');
  return clean;
}

// The scheme in lower case, without its colon; empty: the reference has none.
std::string scheme_of(std::string_view text) {
  const auto colon = text.find_first_of(":/?");
  if (colon == text.npos || colon == 0 || text[colon] != ':' || !text::is_letter(text[0]))
    return "";
  const auto allowed = [](char c) {
    return text::is_letter(c) || text::is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  const std::string_view scheme = text.substr(0, colon);
  return std::ranges::all_of(scheme, allowed) ? text::lowered(scheme) : "";
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  return target.substr(std::min(target.find('?'), target.size()));
}

// 1 of "." and "%2e", 2 of ".." and its escaped forms, 0 of other segments.
int dots(std::string_view segment) {
  int count = 0;
  while (!segment.empty() && count < 3) {
    const bool plain = segment.front() == '.';
    if (!plain && text::lowered(segment.substr(0, 3)) != "%2e") return 0;
    segment.remove_prefix(plain ? 1 : 3);
    ++count;
  }
  return count < 3 ? count : 0;
}

// Removes "." and ".." from a path that starts with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto next = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, next - 1);
    const bool last = next == path.size();
    path.remove_prefix(next);
    const int count = dots(segment);
    if (count == 2) out.resize(std::min(out.rfind('/'), out.size()));
    if (count > 0)
      out += last ? "/" : "";
    else
      (out += '/') += segment;
  }
  return out.empty() ? "/" : out;
}

std::string tidy(std::string_view target) {
  return without_dots(path_of(target)) + std::string(query_of(target));
}

// The target of a relative reference without authority.
std::string merged(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string(base);
  if (reference.front() == '?') return std::string(path_of(base)) + std::string(reference);
  if (reference.front() == '/') return tidy(reference);
  const auto folder = path_of(base);
  return tidy(std::string(folder.substr(0, folder.rfind('/') + 1)) + std::string(reference));
}

// The URL of what stands behind the scheme; any number of slashes precede the host.
std::expected<Url, std::string> absolute(const std::string& scheme, std::string_view text) {
  Url url;
  url.scheme = scheme;
  url.port = own_port(scheme);
  if (url.port == 0) return wrong("the scheme is not one of http, https, ws, wss");
  text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
  const auto end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  for (const std::string_view nobody : {"@", ":@"})
    if (authority.starts_with(nobody)) authority.remove_prefix(nobody.size());
  if (auto read = read_authority(authority, parse_host_leniently, url); !read)
    return std::unexpected(std::move(read.error()));
  text.remove_prefix(end);
  url.target = tidy(escaped_target((text.starts_with('/') ? "" : "/") + std::string(text)));
  return url;
}

}  // namespace

std::expected<Url, std::string> resolve(const Url& base, std::string_view location) {
  if (location.empty()) return std::unexpected("empty");
  if (location.size() > url_max) return std::unexpected("longer than 8192 bytes");
  const std::string clean = cleaned(location);
  const std::string scheme = scheme_of(clean);
  std::string_view reference = clean;
  if (!scheme.empty()) reference.remove_prefix(scheme.size() + 1);
  const bool other_scheme = !scheme.empty() && scheme != base.scheme;
  if (other_scheme || reference.starts_with("//"))
    return absolute(scheme.empty() ? base.scheme : scheme, reference);
  Url url = base;
  url.target = merged(base.target, escaped_target(reference));
  return url;
}

}  // namespace sonde::net
