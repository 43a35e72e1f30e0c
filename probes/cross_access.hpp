#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "probes/session.hpp"
#include "probes/text/tree.hpp"

namespace sonde {

// `cross_access:` of an isolation probe: what one user asks of another's, and must be refused. It
// says {{other.NAME}} for what the other one's session knows, as {{other.vars.thread}}.
struct CrossAccess {
  text::Template url;  // http(s): a request; ws(s): an upgrade, with the token as the socket has it
  std::string method = "GET";
  std::map<std::string, text::Template> headers = {{"Authorization", "Bearer {{token}}"}};
  text::Tree body;  // sent as JSON
};
const config::Section<CrossAccess>& section_of(const CrossAccess*);
// Names of the other one's are needed as if they were one's own.
void add_needs(const CrossAccess& access, const talk::Dialect& dialect, text::Needs& needs);

// Somebody with a session: its name for people, and what it knows.
struct Party {
  std::string_view name;
  const text::Names& names;
};

// The owner asks for what is his own, which has to be granted, or nothing is proven; then the
// intruder asks for the same. 401, 403, 404, a redirect to a login page, a policy close, and 200
// with nothing in it (an empty list or object, nothing but errors, null for its data) refuse him;
// any other 2xx, a ready message or any event is cross_user_leak; anything else is no_refusal.
// Where the owner is not served, or the network fails: refusal_unclear. Empty: he was refused.
boost::asio::awaitable<std::optional<Failure>> try_cross_access(const CrossAccess& access,
                                                                const SessionSettings& settings,
                                                                net::Network& network,
                                                                Party intruder, Party owner,
                                                                Trace& trace);

}  // namespace sonde
