#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/url.hpp"
#include "probes/text/html.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::session {

// Functions to find, in a page and its scripts, the WebSocket address that the product opens. Pure.

// The names under which a run stores what it discovered: the address, and the origin of the page.
inline constexpr std::string_view shipped_address = "discovered.address";
inline constexpr std::string_view page_origin = "discovered.origin";

// The first match of the pattern in a page or script: its first group, or the whole match, with the
// escapes of JavaScript and JSON (\/, \u0026 and similar) decoded. If `more` text follows, a match
// that ends at the end of this text does not count.
std::optional<std::string> find_shipped(const text::Pattern& match, std::string_view text,
                                        bool more = false);

// Resolves the found text as `new WebSocket(url)` does in the page: relative to the page, with http
// read as ws and https as wss. The error says what is wrong with it.
std::expected<net::Url, std::string> resolve_shipped(const net::Url& base, std::string_view found);

// The http(s) scripts of a page, those of its own origin first, at most 32.
std::vector<net::Url> scripts_of(const text::Html& html, const net::Url& base);

// The URL that relative addresses of the page are resolved against: its <base>, or its own.
net::Url base_of(const text::Html& html, const net::Url& page);

// "https://app.example.com", as browsers send it (RFC 6454 section 7).
std::string origin_of(const net::Url& page);

// Whether both URLs lead to the same endpoint. Compares the query only if `expected` has one.
bool same_endpoint(const net::Url& expected, const net::Url& shipped);

// Whether a browser would block it: ws:// from an https page, except to loopback.
bool is_mixed_content(const net::Url& page, const net::Url& shipped);

}  // namespace sonde::session
