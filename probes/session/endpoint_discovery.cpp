#include "probes/session/endpoint_discovery.hpp"

#include <algorithm>
#include <charconv>

#include "probes/net/host.hpp"
#include "probes/net/http/http_text.hpp"

namespace sonde::session {
namespace {

constexpr std::size_t scripts_max = 32;

// The character of "u0026", if that is ASCII.
std::optional<char> unicode_escape(std::string_view text) {
  unsigned value = 0;
  if (text.size() < 5 || text[0] != 'u') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 5, value, 16);
  if (error != std::errc{} || end != text.data() + 5 || value >= 0x80) return std::nullopt;
  return static_cast<char>(value);
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool escape = text[0] == '\\' && text.size() > 1;
    const auto unicode = escape ? unicode_escape(text.substr(1)) : std::nullopt;
    out += unicode ? *unicode : text[escape ? 1 : 0];
    text.remove_prefix(unicode ? 6 : escape ? 2 : 1);
  }
  return out;
}

std::string path_of(const net::Url& url) { return url.target.substr(0, url.target.find('?')); }

bool same_host(const net::Url& a, const net::Url& b) {
  return net::same_word(a.host, b.host) && a.port == b.port;
}

}  // namespace

std::optional<std::string> find_shipped(const text::Pattern& match, std::string_view text,
                                        bool more) {
  const auto groups = match.groups(text);
  if (groups.empty() || (more && text.ends_with(groups[0]))) return std::nullopt;
  return unescaped(groups.size() > 1 && !groups[1].empty() ? groups[1] : groups[0]);
}

std::expected<net::Url, std::string> resolve_shipped(const net::Url& base, std::string_view found) {
  auto url = net::resolve(base, found);
  if (!url) return url;
  if (url->scheme == "http") url->scheme = "ws";
  if (url->scheme == "https") url->scheme = "wss";
  return url;
}

std::vector<net::Url> scripts_of(const text::Html& html, const net::Url& base) {
  const std::string own = origin_of(base);
  std::vector<net::Url> ours, others;
  for (const std::string& source : html.scripts) {
    auto url = net::resolve(base, source);
    if (!url || (url->scheme != "http" && url->scheme != "https")) continue;
    (origin_of(*url) == own ? ours : others).push_back(*std::move(url));
  }
  ours.insert(ours.end(), others.begin(), others.end());
  ours.resize(std::min(ours.size(), scripts_max));
  return ours;
}

net::Url base_of(const text::Html& html, const net::Url& page) {
  if (html.base.empty()) return page;
  return net::resolve(page, html.base).value_or(page);
}

std::string origin_of(const net::Url& page) { return page.scheme + "://" + page.authority(); }

bool same_endpoint(const net::Url& expected, const net::Url& shipped) {
  if (expected.scheme != shipped.scheme || !same_host(expected, shipped)) return false;
  if (expected.target.contains('?')) return expected.target == shipped.target;
  return path_of(expected) == path_of(shipped);
}

bool is_mixed_content(const net::Url& page, const net::Url& shipped) {
  return page.tls() && !shipped.tls() && !net::is_loopback(shipped.host);
}

}  // namespace sonde::session
