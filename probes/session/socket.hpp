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

// Where the token travels in the upgrade request.
struct TokenPlacement {
  enum class In : std::uint8_t { header, subprotocol, query, cookie, none };
  In in = In::header;
  // "Name: value" of a header, "name=value" of the others.
  text::Template text = "Authorization: Bearer {{token}}";
  std::vector<text::Template> subprotocols;  // all that are offered, for In::subprotocol
  text::Template expect;                     // the subprotocol that must be selected; empty: any
};

// A WebSocket endpoint, as configured: an entry of `sockets:`, or the same keys in a probe.
struct Socket {
  Endpoint url;
  TokenPlacement token_in;
  std::vector<text::Template> subprotocols;
  text::Template expect_subprotocol;  // empty: any that was offered
  bool any_subprotocol = false;  // of offered ones none has to be selected, as browsers want it
  std::map<std::string, text::Template> headers;
  text::Template origin;  // the same endpoint behind the proxies, for a diagnosis; empty: unknown
  text::Template rest;    // an address that a GET with the token opens, likewise
  dialect::Ready ready;
  dialect::RefusedBy refused_by;
  net::ConnectionOptions line;
};
const config::Section<Socket>& section_of(const Socket*);
void add_needs(const Socket& socket, text::Needs& needs);

// Which token an upgrade carries.
enum class TokenUse : std::uint8_t { valid, none, garbage };

// Makes the token of `names` the one that is used: empty, or one that no server can have issued.
// The cookies of a login carry it as well, and so does whatever else it gave ({{login.NAME}}), or a
// session that is still good would go with it.
void use_token(TokenUse use, text::Names& names);
// The same with a token of one's own: what else the login gave stays, unless it is the token.
void use_token(std::string token, text::Names& names);

// Whether something says what a login gave.
bool says_login(const text::Needs& needs);

// The upgrade request with the token of `names`, without one (nothing that would carry it is
// sent), or with one that no server can have issued. Fails with own_request; endpoint_drift: it
// carries what may be a credential, and the address is not the target's own (is_own).
std::expected<net::UpgradeRequest, Failure> build_upgrade(const Socket& socket, TokenUse use,
                                                          text::Names& names);

// Whether the upgrade carries what may be a credential: a token, a header, a text of the run.
bool carries_credentials(const Socket& socket);

// One for an address that is not the target's own: it carries nothing that is configured.
std::expected<net::UpgradeRequest, Failure> build_bare_upgrade(const Socket& socket,
                                                               text::Names& names);

// What the server must select; empty: whatever was offered, or nothing. Fails with own_request.
std::expected<std::string, Failure> expected_subprotocol(const Socket& socket, text::Names& names);

}  // namespace sonde::session

namespace sonde::config {
// `header`, `subprotocol`, `query`, `cookie`, `none`, or in full: { header: "Name: {{token}}" },
// { subprotocol: [...], expect: NAME }, { query: "name={{token}}" }, { cookie: "name={{token}}" }.
template <>
struct Codec<session::TokenPlacement> {
  static bool read(const Value&, const Reader&, const Rule&, session::TokenPlacement& out);
  static Value schema(const Rule&);
  static std::string show(const session::TokenPlacement&) { return "header"; }
};
}  // namespace sonde::config
