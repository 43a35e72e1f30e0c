#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"

namespace sonde {

// The one place where a limit is enforced. Runs `attempt` until `limit`, then cuts it: whatever
// it waits for fails at once with Reason::cut, and the verdict that it still returns is taken
// (a chat whose terminal event was seen is judged although the settle time was cut). A verdict of
// `cut` becomes what a deadline means at that step and phase. Cancelling the coroutine that
// awaits this (a stop, a reload) ends the attempt the same way, with Reason::shutdown.
boost::asio::awaitable<Verdict> within(Instant limit, boost::asio::awaitable<Verdict> attempt,
                                       Trace& trace);

// Why a cut run says nothing of the target: a tenth of its time or more went by in line for other
// logins of the account (suppressed). Empty: the target had the time. Pure.
std::optional<Failure> stood_in_line(const Trace& trace, Instant now);

// Which reason a deadline gives, by step and by the phase that it cut; pure.
Reason deadline_reason(Step step, std::optional<Phase> phase);

}  // namespace sonde
