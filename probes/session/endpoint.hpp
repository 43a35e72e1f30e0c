#pragma once
#include <optional>
#include <string>

#include "probes/net/websocket/websocket.hpp"
#include "probes/text/match.hpp"
#include "probes/text/needs.hpp"

namespace sonde::session {

// How to find the address that a product's front end uses: in the page that a user opens, then in
// the scripts of that page, one after the other.
struct Discover {
  enum class Follow : std::uint8_t { scripts, nothing };
  text::Template page;
  Follow follow = Follow::scripts;
  text::Pattern match;  // its first group, or the whole match, is the address
};
const config::Section<Discover>& section_of(const Discover*);
std::span<const config::Named<Discover::Follow>> names_of(const Discover::Follow*);

// `url:` of a socket: an address, or how to discover it and, optionally, which one is expected.
struct Endpoint {
  text::Template address;  // with `discover` the expected address; empty: any
  std::optional<Discover> discover;

  // As configured, for display; empty: not set.
  const std::string& text() const { return discover ? discover->page.text() : address.text(); }
};
const config::Section<Endpoint>& section_of(const Endpoint*);
void add_needs(const Endpoint& endpoint, text::Needs& needs);

// The address of a WebSocket: a URL with the scheme ws or wss. The error says what is wrong.
std::expected<net::Url, std::string> parse_socket_url(std::string_view text);

// The address to connect to (ws or wss): the one discovered in this run, or the configured one.
// Fails with own_request.
std::expected<net::Url, Failure> address_of(const Endpoint& endpoint, text::Names& names);
std::expected<net::Url, Failure> address_of(const text::Template& address, text::Names& names);
// Whether credentials may be sent to `url`: it is one of the target's own origins, or one that the
// configuration names: that of the address, or of the page whose scripts contain it.
bool is_own(const net::Url& url, const Endpoint& endpoint, text::Names& names);
bool is_own(const net::Url& url, const text::Template& address, const text::Names& names);

}  // namespace sonde::session

namespace sonde::config {
// An address, or { discover: {...}, expected: ADDRESS }.
template <>
struct Codec<session::Endpoint> {
  static bool read(const Value&, const Reader&, const Rule&, session::Endpoint& out);
  static Value schema(const Rule&);
  static std::string show(const session::Endpoint& endpoint) { return endpoint.text(); }
};
}  // namespace sonde::config
