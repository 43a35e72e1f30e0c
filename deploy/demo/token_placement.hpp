#pragma once
#include <optional>
#include <string>
#include <vector>

#include "deploy/demo/message.hpp"

namespace sonde::demo {

// `Authorization: Bearer x`.
std::optional<std::string> bearer_of(const Request& request);

// The token of an upgrade, from the first of these that carries one: the Authorization header, a
// subprotocol `bearer.x` or `jwt.x` (x as it is, or in base64url), `?token=`, the cookie `token`.
std::optional<std::string> token_of(const Request& request);

// The subprotocol to select: chat.v1 if it is offered; otherwise the one that carried the token,
// because a browser fails a connection if none of its offers is selected; otherwise none (empty).
std::string protocol_for(const Request& request);

Reply unauthorized(std::string_view why);

}  // namespace sonde::demo
