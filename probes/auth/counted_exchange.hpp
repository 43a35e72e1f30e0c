#pragma once
#include <functional>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/login.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::auth {

// Judges the trial by the answer, possibly when the run is over; it owns all that it needs.
using JudgeAnswer = std::function<void(const net::Answer&, LoginGuard::Trial&)>;

// One exchange that shows a secret of the account outside a login, as net::fetch and net::upgrade
// make it. nullopt: the run was cut; if something had been sent, the answer is awaited for another
// 30 s without it, and judged (see until_answered). An upgrade that opened a session is not judged;
// its `line` has to be replaced by one that outlives it.
boost::asio::awaitable<std::optional<net::Answer>> fetch_counted(
    Context& context, LoginGuard::Trial& trial, net::Request request, net::ConnectionOptions line,
    net::Redirects redirects, JudgeAnswer judge);
boost::asio::awaitable<std::optional<net::Upgraded>> upgrade_counted(Context& context,
                                                                     LoginGuard::Trial& trial,
                                                                     net::UpgradeRequest request,
                                                                     net::ConnectionOptions line,
                                                                     JudgeAnswer judge);

}  // namespace sonde::auth
