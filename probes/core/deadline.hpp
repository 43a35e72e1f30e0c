#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"

namespace sonde {

// Enforces a time limit; the only function that does. Runs `attempt` until `limit`, then cancels
// it: whatever the attempt waits for fails at once with Reason::cut, and the verdict that it still
// returns is used (a chat whose terminal event was seen is judged although its settle time was cut
// short). A verdict of `cut` is replaced by the reason that a deadline has at that step and phase.
// Cancelling the coroutine that awaits this (a stop, a reload) ends the attempt in the same way,
// with Reason::shutdown.
boost::asio::awaitable<Verdict> within(Instant limit, boost::asio::awaitable<Verdict> attempt,
                                       Trace& trace);

// Returns why a cancelled run says nothing about the target: it spent a tenth of its time or more
// waiting for other logins of the account (suppressed). Empty: the target had the time. Pure.
std::optional<Failure> stood_in_line(const Trace& trace, Instant now);

// The reason for a run that exceeded its deadline, by step and by the phase that was cut short.
// Pure.
Reason deadline_reason(Step step, std::optional<Phase> phase);

}  // namespace sonde
