#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/session/session.hpp"

namespace sonde::session {

// Whether the `lockout` of the account whose secret a probe shows has room for more refusals.

// Whether as many are left as are counted, with the next one: below that, nothing is shown that a
// run can do without.
bool has_refusals_to_spare(const ProbeContext& site, Shared& shared);

// Call before a run opens several `sessions` of the account at once, of which each that shows its
// secret may be refused. Where fewer refusals than that are left, opens one session alone first: if
// it is accepted, that may end the count. Nothing if they may be opened; otherwise the verdict of
// that session, or suppressed.
boost::asio::awaitable<std::optional<Verdict>> spare_refusals(int sessions,
                                                              const SessionSettings& settings,
                                                              const ProbeContext& site,
                                                              Shared& shared, std::uint64_t seed,
                                                              Trace& trace);

}  // namespace sonde::session
