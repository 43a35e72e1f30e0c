#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "probes/session.hpp"

namespace sonde {

// Refusal checks: an upgrade that must be refused. Opt-in, for they touch a security control.
enum class RefusalCheck : std::uint8_t { no_token, garbage_token };
std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*);

// Runs each check over a connection of its own. 401, 403 or a policy close is a refusal; a ready
// message or any event is auth_fail_open; 101 and silence, or 5xx, is no_refusal; a network
// failure is inconclusive (refusal_unclear). Step and phase refuse; never an auth sample. Empty:
// all were refused.
boost::asio::awaitable<std::optional<Verdict>> check_refusals(
    const std::vector<RefusalCheck>& checks, const SessionSettings& settings, Shared& shared,
    text::Names& names, Trace& trace);

}  // namespace sonde
