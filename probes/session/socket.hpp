#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/dialect/ready.hpp"
#include "probes/dialect/refused_by.hpp"
#include "probes/net/websocket/websocket.hpp"
#include "probes/session/endpoint.hpp"
#include "probes/text/needs.hpp"

namespace sonde::session {

// Where the upgrade request carries the token.
struct TokenPlacement {
  enum class In : std::uint8_t { header, subprotocol, query, cookie, none };
  In in = In::header;
  // "Name: value" for a header, "name=value" for the others
  text::Template text = "Authorization: Bearer {{token}}";
  std::vector<text::Template> subprotocols;  // all that are offered, for In::subprotocol
  text::Template expect;                     // the subprotocol that must be selected; empty: any
};

// A WebSocket endpoint as configured: an entry of `sockets:`, or the same keys in a probe.
struct Socket {
  Endpoint url;
  TokenPlacement token_in;
  std::vector<text::Template> subprotocols;
  text::Template expect_subprotocol;  // empty: any that was offered
  // the server need not select an offered one, although browsers require it
  bool any_subprotocol = false;
  std::map<std::string, text::Template> headers;
  text::Template origin;  // the same endpoint behind the proxies, for a diagnosis; empty: unknown
  // an address that accepts a GET with the token, for a diagnosis; empty: unknown
  text::Template rest;
  dialect::Ready ready;
  dialect::RefusedBy refused_by;
  net::ConnectionOptions line;
};
const config::Section<Socket>& section_of(const Socket*);
void add_needs(const Socket& socket, text::Needs& needs);

// Which token an upgrade carries.
enum class TokenUse : std::uint8_t { valid, none, garbage };

// Replaces the token of `names` by an empty one, or by one that no server can have issued. Cookies
// and other values that the login gave ({{login.NAME}}) are replaced too; otherwise a valid session
// could be sent with them.
void use_token(TokenUse use, text::Names& names);
// Replaces the token by the given one: other values that the login gave stay, unless they equal the
// token.
void use_token(std::string token, text::Names& names);

// Whether a template uses a value that a login gave.
bool says_login(const text::Needs& needs);

// Builds the upgrade request with the token of `names`, without one (nothing that carries it is
// sent), or with one that no server can have issued. Fails with own_request, or with endpoint_drift
// if the request may carry credentials and the address is not the target's own (is_own).
std::expected<net::UpgradeRequest, Failure> build_upgrade(const Socket& socket, TokenUse use,
                                                          text::Names& names);

// Whether the upgrade carries what may be a credential: a token, a header, a text of the run.
bool carries_credentials(const Socket& socket);

// Builds a request for an address that is not the target's own: it carries nothing from the
// configuration.
std::expected<net::UpgradeRequest, Failure> build_bare_upgrade(const Socket& socket,
                                                               text::Names& names);

// The subprotocol that the server must select; empty: any offered one, or none. Fails with
// own_request.
std::expected<std::string, Failure> expected_subprotocol(const Socket& socket, text::Names& names);

}  // namespace sonde::session

namespace sonde::config {
// `header`, `subprotocol`, `query`, `cookie`, `none`, or in full: { header: "Name: {{token}}" }, {
// subprotocol: [...], expect: NAME }, { query: "name={{token}}" }, { cookie: "name={{token}}" }.
template <>
struct Codec<session::TokenPlacement> {
  static bool read(const Value&, const Reader&, const Rule&, session::TokenPlacement& out);
  static Value schema(const Rule&);
  static std::string show(const session::TokenPlacement&) { return "header"; }
};
}  // namespace sonde::config
