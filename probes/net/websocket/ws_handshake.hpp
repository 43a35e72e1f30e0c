#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::net {

// The opening handshake of RFC 6455 section 4. Pure, except for the random values.

// 16 random bytes in base64 (section 4.1).
std::string make_key();

// 4 random bytes (section 5.3).
std::uint32_t make_mask();

// The required Sec-WebSocket-Accept for that key (section 4.2.2).
std::string accept_digest(std::string_view key);

// The upgrade request. Fails with own_request for a subprotocol that is not a token, and for a
// header that the handshake itself sets.
std::expected<Request, Failure> upgrade_request(const UpgradeRequest& request,
                                                const std::string& key);

// Judges a 101. Returns the selected subprotocol; fails with bad_handshake and the wrong header, or
// with subprotocol_mismatch if none of the offered ones was selected.
std::expected<std::string, Failure> judge_switch(const Response& response, const std::string& key,
                                                 const UpgradeRequest& request);

}  // namespace sonde::net
