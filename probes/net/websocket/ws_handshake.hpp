#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::net {

// The opening handshake of RFC 6455 section 4, pure but for what is random.

// 16 random bytes in base64 (4.1).
std::string make_key();

// 4 random bytes (5.3).
std::uint32_t make_mask();

// What Sec-WebSocket-Accept has to be for that key (4.2.2).
std::string accept_digest(std::string_view key);

// The upgrade request. Fails with own_request for a subprotocol that is no token, and for a header
// that the handshake sets itself.
std::expected<Request, Failure> upgrade_request(const UpgradeRequest& request,
                                                const std::string& key);

// Judges a 101: the subprotocol that it selected; or bad_handshake and which header is wrong, or
// subprotocol_mismatch: none of those that were offered.
std::expected<std::string, Failure> judge_switch(const Response& response, const std::string& key,
                                                 const UpgradeRequest& request);

}  // namespace sonde::net
