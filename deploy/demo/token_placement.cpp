#include "deploy/demo/token_placement.hpp"

#include <algorithm>

#include "deploy/demo/base64.hpp"
#include "deploy/demo/text.hpp"

namespace sonde::demo {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty() && parts.size() < 32) {
    const auto end = std::min(text.find(separator), text.size());
    auto part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
    part = part.substr(0, part.find_last_not_of(" \t") + 1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool carries_token(const std::string& protocol) {
  return protocol.starts_with("bearer.") || protocol.starts_with("jwt.");
}

// A JWT has two dots, its base64url form none.
std::string token_in(const std::string& protocol) {
  auto token = protocol.substr(protocol.find('.') + 1);
  if (token.contains('.')) return token;
  return unbase64(token).value_or(token);
}

std::vector<std::string> offers(const Request& request) {
  return split(request.header("sec-websocket-protocol"), ',');
}

std::optional<std::string> cookie(const Request& request) {
  for (const auto& pair : split(request.header("cookie"), ';')) {
    if (pair.starts_with("token=")) return pair.substr(6);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> bearer_of(const Request& request) {
  const auto header = request.header("authorization");
  if (header.size() < 7 || !(header.starts_with("Bearer ") || header.starts_with("bearer "))) {
    return std::nullopt;
  }
  return std::string(header.substr(7));
}

std::optional<std::string> token_of(const Request& request) {
  if (auto token = bearer_of(request)) return token;
  const auto protocols = offers(request);
  const auto carrier = std::ranges::find_if(protocols, carries_token);
  if (carrier != protocols.end()) return token_in(*carrier);
  const auto query = request.query.find("token");
  if (query != request.query.end()) return query->second;
  return cookie(request);
}

std::string protocol_for(const Request& request) {
  const auto protocols = offers(request);
  if (std::ranges::find(protocols, "chat.v1") != protocols.end()) return "chat.v1";
  const auto carrier = std::ranges::find_if(protocols, carries_token);
  return carrier == protocols.end() ? std::string() : *carrier;
}

Reply unauthorized(std::string_view why) {
  return {.status = 401,
          .body = detail(why),
          .headers = {{"WWW-Authenticate", "Bearer realm=\"sonde-demo\""}}};
}

}  // namespace sonde::demo
