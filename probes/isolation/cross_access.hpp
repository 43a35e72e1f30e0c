#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "probes/session/session.hpp"
#include "probes/text/tree.hpp"

namespace sonde::isolation {

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
void add_needs(const CrossAccess& access, const dialect::Dialect& dialect, text::Needs& needs);

// Somebody with a session: its name for people, and what it knows.
struct Party {
  std::string_view name;
  const text::Names& names;
  std::vector<std::string> secrets = {};  // texts that this one alone was told
};

// The owner asks for what is his own, which has to be granted, or nothing is proven; then the
// intruder asks for the same. A redirect, any 4xx but of overload, an error in a 2xx, or for an
// upgrade what `refused_by` says, refuses him. Another 2xx is compared with what the owner gets and
// with what the intruder gets for his own (see compare): it is cross_user_leak if it shows the
// owner's data, refused if it shows none, and refusal_unclear if the answers cannot be told apart.
// A secret of the owner in any answer, and a ready message or event after an upgrade, is
// cross_user_leak. Trouble that may pass (5xx, 429, the network) is met once more; then 500 and
// silence are no_refusal, the rest is refusal_unclear. Empty: he was refused.
boost::asio::awaitable<std::optional<Failure>> try_cross_access(
    const CrossAccess& access, const session::SessionSettings& settings, net::Network& network,
    Party intruder, Party owner, Trace& trace);

}  // namespace sonde::isolation
