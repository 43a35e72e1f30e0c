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

// What a page and its scripts say of the WebSocket that the product opens. All of it is pure.

// The names under which a run knows what it discovered: the address, and the origin of the page.
inline constexpr std::string_view shipped_address = "discovered.address";
inline constexpr std::string_view page_origin = "discovered.origin";

// What the pattern finds first in a page or script: its first group, or all of it, without the
// escapes of JavaScript and JSON (\/ and \u0026 and the like). With `more` text to come, what ends
// where this text ends does not count.
std::optional<std::string> find_shipped(const text::Pattern& match, std::string_view text,
                                        bool more = false);

// Where that leads from the page, as `new WebSocket(url)` takes it: relative to the page, http
// for ws and https for wss. The error says what is wrong with it.
std::expected<net::Url, std::string> resolve_shipped(const net::Url& base, std::string_view found);

// The scripts of a page, those of its own origin first, at most 32; without what is no http(s).
std::vector<net::Url> scripts_of(const text::Html& html, const net::Url& base);

// Against which the page's addresses are resolved: its <base>, or its own.
net::Url base_of(const text::Html& html, const net::Url& page);

// "https://app.example.com", as browsers send it (RFC 6454 7).
std::string origin_of(const net::Url& page);

// Whether both lead to the same endpoint. The query counts where `expected` has one.
bool same_endpoint(const net::Url& expected, const net::Url& shipped);

// Browsers refuse ws:// from an https page, but for loopback.
bool is_mixed_content(const net::Url& page, const net::Url& shipped);

}  // namespace sonde::session
