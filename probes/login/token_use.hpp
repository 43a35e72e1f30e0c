#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"
#include "probes/session/session.hpp"

namespace sonde::login {

// What came of a token that was used for a plain request and for an upgrade: at the same moment,
// and, where one of both was refused then, once more alone.
struct TokenUses {
  Verdict plain, upgrade;
  std::optional<Verdict> plain_alone, upgrade_alone;
};

// Whether a use was refused, and not failed otherwise; pure.
bool is_refused(const Verdict& use);

// Empty if both were good at once. Refused at once and good alone: token_reuse_rejected; refused
// again, socket_unauthorized by the upgrade, token_refused by the plain request. A use that fails
// otherwise says nothing of the token: reuse_unclear. Pure.
std::optional<Failure> judge_uses(const TokenUses& uses);

// Uses the token of `names` so: for a GET of the socket's `rest`, and for an upgrade that has to
// get ready. Failures: those of judge_uses, cut.
boost::asio::awaitable<std::optional<Failure>> use_at_once(const session::SessionSettings& settings,
                                                           net::Network& network,
                                                           const text::Names& names, Trace& trace);

}  // namespace sonde::login
