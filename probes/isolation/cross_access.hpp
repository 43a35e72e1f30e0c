#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "probes/session/session.hpp"
#include "probes/text/tree.hpp"

namespace sonde::isolation {

// `cross_access:` of an isolation probe: a request of one user for data of another, which must be
// refused. It uses {{other.NAME}} for values of the other user's session, such as
// {{other.vars.thread}}.
struct CrossAccess {
  text::Template
      url;  // http(s): a request; ws(s): an upgrade, with the token in the socket's place
  std::string method = "GET";
  std::map<std::string, text::Template> headers = {{"Authorization", "Bearer {{token}}"}};
  text::Tree body;  // sent as JSON
};
const config::Section<CrossAccess>& section_of(const CrossAccess*);
// Adds the names that it needs; those of the other user like its own.
void add_needs(const CrossAccess& access, const dialect::Dialect& dialect, text::Needs& needs);

// A user with a session: the name for people, and the values of the session.
struct Party {
  std::string_view name;
  const text::Names& names;
  std::vector<std::string> secrets = {};  // texts that only this user received
};

// First the owner requests its own data, which has to succeed, or nothing is proven; then the
// intruder makes the same request. A refusal is a redirect, any 4xx except for overload, an error
// in a 2xx, or for an upgrade what `refused_by` defines. Another 2xx is compared with the answers
// to the owner and to the intruder for the intruder's own data (see compare): cross_user_leak if it
// shows the owner's data, refused if it shows none, refusal_unclear if the answers cannot be
// distinguished. A secret of the owner in any answer, and a ready message or event after an
// upgrade, is cross_user_leak. Temporary failures (5xx, 429, the network) are retried once; then
// 500 and silence are no_refusal, others refusal_unclear. Empty: the intruder was refused.
boost::asio::awaitable<std::optional<Failure>> try_cross_access(
    const CrossAccess& access, const session::SessionSettings& settings, net::Network& network,
    Party intruder, Party owner, Trace& trace);

}  // namespace sonde::isolation
