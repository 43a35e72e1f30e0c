#include "probes/auth/form/cookies.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "probes/auth/form/cookie_date.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::auth {
namespace {

constexpr std::size_t cookies_max = 100;
constexpr std::size_t cookie_bytes_max = 4096;     // of name and value
constexpr std::size_t attribute_bytes_max = 1024;  // of an attribute's value
constexpr std::size_t dropped_max = 16;
constexpr std::chrono::seconds life_max = std::chrono::days(400);  // RFC 6265bis section 5.5

bool is_address(std::string_view host) {
  return host.contains(':') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// RFC 6265 5.1.3.
bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return !is_address(host) && host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// RFC 6265 5.1.4.
bool path_matches(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

std::string_view cookie_path_of(const net::Url& url) {
  const std::string_view target(url.target);
  return target.substr(0, target.find('?'));
}

std::string default_path(const net::Url& url) {
  const std::string_view path = cookie_path_of(url);
  const std::size_t last = path.rfind('/');
  if (!path.starts_with('/') || last == 0 || last == path.npos) return "/";
  return std::string(path.substr(0, last));
}

// No control characters but the tab, which is a blank (RFC 6265bis section 5.6).
bool is_plain(std::string_view text) {
  return std::ranges::none_of(text,
                              [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && net::same_word(text.substr(0, word.size()), word);
}

// Loopback addresses and localhost: browsers trust them as they trust https.
bool is_secure(const net::Url& url) {
  const std::string host = text::lowered(url.host);
  const bool v4 = is_address(host) && host.starts_with("127.") && !host.contains(':');
  return url.tls() || v4 || host == "::1" || host == "localhost" || host.ends_with(".localhost");
}

// The part before `at`, and the part after it.
std::pair<std::string_view, std::string_view> split(std::string_view text, char at) {
  const std::size_t found = text.find(at);
  if (found == text.npos) return {net::trimmed(text), {}};
  return {net::trimmed(text.substr(0, found)), text.substr(found + 1)};
}

// Max-Age in seconds; empty if it is not a number. An overflow is a long life.
std::optional<WallTime> max_age(std::string_view value, WallTime now) {
  const bool negative = value.starts_with('-');
  const std::string_view digits = value.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  constexpr std::int64_t long_time = life_max.count();
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc()) seconds = long_time;
  if (negative || seconds == 0) return WallTime::min();
  return now + std::chrono::seconds(std::min(seconds, long_time));
}

// The attributes of a Set-Cookie; of repeated ones, the last counts.
struct Attributes {
  std::string_view domain, path;
  bool secure = false, http_only = false, cross_site = false, partitioned = false;
  std::optional<WallTime> expires, max_age;
};

void read_attribute(Attributes& all, std::string_view name, std::string_view value, WallTime now) {
  if (value.size() > attribute_bytes_max) return;
  if (net::same_word(name, "domain")) all.domain = value;
  if (net::same_word(name, "path")) all.path = value;
  if (net::same_word(name, "secure")) all.secure = true;
  if (net::same_word(name, "httponly")) all.http_only = true;
  if (net::same_word(name, "partitioned")) all.partitioned = true;
  if (net::same_word(name, "samesite")) all.cross_site = net::same_word(value, "none");
  if (net::same_word(name, "max-age"))
    if (const auto at = max_age(value, now)) all.max_age = at;
  if (net::same_word(name, "expires"))
    if (const auto at = parse_cookie_date(value)) all.expires = std::min(*at, now + life_max);
}

// Why the Domain makes a browser ignore the cookie; empty: it does not.
std::string set_domain(Cookie& cookie, std::string_view value) {
  if (value.starts_with('.')) value.remove_prefix(1);
  if (value.empty()) return "";
  const std::string domain = text::lowered(value);
  if (!domain_matches(cookie.domain, domain))
    return "its Domain " + domain.substr(0, 100) + " is not that of " + cookie.domain;
  if (domain == cookie.domain && (is_address(domain) || !domain.contains('.'))) return "";
  if (!domain.contains('.')) return "its Domain " + domain + " is a top-level name";
  cookie.domain = domain;
  cookie.host_only = false;
  return "";
}

// Which requirement of the name's prefix (RFC 6265bis section 4.1.3), Secure or SameSite=None is
// violated; empty: none.
std::string broken_promise(const Cookie& cookie, const net::Url& from, bool path_given) {
  if (cookie.cross_site && !cookie.secure) return "it is SameSite=None, but not Secure";
  if (cookie.secure && !is_secure(from)) return "it is Secure, and this is not https";
  const bool whole = cookie.host_only && path_given && cookie.path == "/";
  // Without a name, the value must not look like one that promises something.
  const std::string_view name = cookie.name.empty() ? cookie.value : cookie.name;
  if (begins_with_word(name, "__Secure-") && (!cookie.secure || cookie.name.empty()))
    return "its name promises Secure, which it is not";
  if (begins_with_word(name, "__Host-") && (!cookie.secure || !whole || cookie.name.empty()))
    return "its name promises Secure, Path=/ and no Domain, which it has not";
  return "";
}

bool same(const Cookie& a, const Cookie& b) {
  return a.name == b.name && a.domain == b.domain && a.path == b.path && a.host_only == b.host_only;
}

// What frameworks write to remove a cookie, besides an Expires in the past.
bool is_deletion(const Cookie& cookie) {
  return cookie.value.empty() || cookie.value == "\"\"" ||
         net::same_word(cookie.value, "deleted") || net::same_word(cookie.value, "delete") ||
         net::same_word(cookie.value, "null");
}

bool over(const Cookie& cookie, WallTime now) { return cookie.expires && *cookie.expires <= now; }

}  // namespace

std::expected<Cookie, std::string> parse_set_cookie(std::string_view header, const net::Url& from,
                                                    WallTime now) {
  if (!is_plain(header)) return std::unexpected("it has control characters");
  auto [pair, rest] = split(header, ';');
  const std::size_t equals = pair.find('=');
  // Without "=", it is a value without a name.
  const std::string_view name = equals == pair.npos ? "" : net::trimmed(pair.substr(0, equals));
  const std::string_view value = equals == pair.npos ? pair : net::trimmed(pair.substr(equals + 1));
  if (name.empty() && value.empty()) return std::unexpected("it has no name and no value");
  if (name.size() + value.size() > cookie_bytes_max)
    return std::unexpected("it is longer than 4096 bytes");
  Attributes attributes;
  while (!rest.empty()) {
    const auto [attribute, more] = split(rest, ';');
    const auto [key, said] = split(attribute, '=');
    read_attribute(attributes, key, net::trimmed(said), now);
    rest = more;
  }
  const bool path_given = attributes.path.starts_with('/');
  Cookie cookie{.name = std::string(name),
                .value = std::string(value),
                .domain = text::lowered(from.host),
                .path = path_given ? std::string(attributes.path) : default_path(from),
                .secure = attributes.secure,
                .http_only = attributes.http_only,
                .cross_site = attributes.cross_site,
                .expires = attributes.max_age ? attributes.max_age : attributes.expires};
  auto why = set_domain(cookie, attributes.domain);
  if (why.empty() && attributes.partitioned && !cookie.secure)
    why = "it is Partitioned, but not Secure";
  if (why.empty()) why = broken_promise(cookie, from, path_given);
  if (!why.empty()) return std::unexpected(std::move(why));
  return cookie;
}

std::string why_withheld(const Cookie& cookie, const net::Url& url) {
  if (cookie.secure && !is_secure(url)) return "it is Secure, and this is not TLS";
  const std::string host = text::lowered(url.host);
  if (cookie.host_only ? host != cookie.domain : !domain_matches(host, cookie.domain))
    return "it is of " + cookie.domain;
  return path_matches(cookie_path_of(url), cookie.path) ? "" : "its Path is " + cookie.path;
}

bool goes_to(const Cookie& cookie, const net::Url& url) {
  return why_withheld(cookie, url).empty();
}

void Cookies::put(Cookie cookie, WallTime now) {
  const auto old = std::ranges::find_if(cookies_, [&](const auto& c) { return same(c, cookie); });
  if (over(cookie, now)) {
    if (old != cookies_.end()) cookies_.erase(old);
  } else if (old != cookies_.end()) {
    *old = std::move(cookie);
  } else {
    if (cookies_.size() == cookies_max) cookies_.erase(cookies_.begin());
    cookies_.push_back(std::move(cookie));
  }
}

// RFC 6265bis section 5.7, "leave Secure cookies alone".
bool Cookies::hides_secure(const Cookie& cookie, const net::Url& from) const {
  if (cookie.secure || is_secure(from)) return false;
  return std::ranges::any_of(cookies_, [&](const Cookie& old) {
    return old.secure && old.name == cookie.name && path_matches(cookie.path, old.path) &&
           (domain_matches(old.domain, cookie.domain) || domain_matches(cookie.domain, old.domain));
  });
}

void Cookies::take(const net::Url& from, const Headers& headers, WallTime now) {
  for (const auto& [name, value] : headers) {
    if (!net::same_word(name, "set-cookie")) continue;
    auto cookie = parse_set_cookie(value, from, now);
    if (cookie && hides_secure(*cookie, from))
      cookie = std::unexpected("it would replace a Secure one, and this is not https");
    const bool ended = cookie && over(*cookie, now) && !is_deletion(*cookie);
    if (ended) note_dropped(cookie->name, "its Expires or Max-Age is over");
    if (cookie) {
      cookie->set_by = net::origin_key(from);
      put(std::move(*cookie), now);
    } else {
      const auto end = value.find_first_of("=;");
      note_dropped(net::trimmed(std::string_view(value).substr(0, end)), cookie.error());
    }
  }
}

void Cookies::note_dropped(std::string_view name, std::string why) {
  if (dropped_.size() < dropped_max)
    dropped_.push_back({std::string(name.substr(0, 64)), std::move(why)});
}

std::vector<std::string> Cookies::changed_since(const Cookies& before) const {
  std::vector<std::string> names;
  for (const auto& cookie : cookies_)
    if (std::ranges::none_of(before.cookies_, [&](const Cookie& old) {
          return same(old, cookie) && old.value == cookie.value;
        }))
      names.push_back(cookie.name);
  return names;
}

std::span<const DroppedCookie> Cookies::dropped_since(const Cookies& before) const {
  return std::span(dropped_).subspan(std::min(before.dropped_.size(), dropped_.size()));
}

std::string Cookies::header(const net::Url& url, WallTime now, const net::Origins& own) const {
  std::vector<const Cookie*> sent;
  const bool foreign = !own.has(url);
  for (const auto& cookie : cookies_) {
    if (over(cookie, now) || !goes_to(cookie, url)) continue;
    if (foreign && cookie.set_by != net::origin_key(url)) continue;
    const auto shorter = [&](const Cookie* other) {
      return other->path.size() < cookie.path.size();
    };
    sent.insert(std::ranges::find_if(sent, shorter), &cookie);
  }
  std::string header;
  for (const Cookie* cookie : sent)
    header += (header.empty() ? "" : "; ") + cookie->name + (cookie->name.empty() ? "" : "=") +
              cookie->value;
  return header;
}

const std::string* Cookies::find(std::string_view name) const {
  const auto found = std::ranges::find(cookies_, name, &Cookie::name);
  return found == cookies_.end() ? nullptr : &found->value;
}

}  // namespace sonde::auth
