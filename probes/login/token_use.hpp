#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"
#include "probes/session/session.hpp"

namespace sonde::login {

// The results of using a token for a plain request and an upgrade at the same time, and, if one of
// them was refused, of using it once more alone.
struct TokenUses {
  Verdict plain, upgrade;
  std::optional<Verdict> plain_alone, upgrade_alone;
};

// Whether a use was refused, as opposed to another failure. Pure.
bool is_refused(const Verdict& use);

// Empty if both succeeded at once. Refused at once but not alone: token_reuse_rejected. Refused
// again: socket_unauthorized for the upgrade, token_refused for the plain request. Another failure
// says nothing about the token: reuse_unclear. Pure.
std::optional<Failure> judge_uses(const TokenUses& uses);

// Uses the token of `names` for a GET of the socket's `rest` and for an upgrade that has to get
// ready. Failures: those of judge_uses, cut.
boost::asio::awaitable<std::optional<Failure>> use_at_once(const session::SessionSettings& settings,
                                                           const session::ProbeContext& site,
                                                           session::Shared& shared,
                                                           const text::Names& names, Trace& trace);

}  // namespace sonde::login
