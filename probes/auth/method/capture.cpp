#include "probes/auth/method/capture.hpp"

#include <algorithm>

#include "probes/auth/given.hpp"
#include "probes/text/json.hpp"

namespace sonde::auth {
namespace {

constexpr std::string_view user_names[] = {"identity.username", "identity.user", "identity.email",
                                           "identity.name",     "identity.id",   "identity.login"};

}  // namespace

bool is_user_name(std::string_view name) {
  return std::ranges::find(user_names, name) != std::end(user_names);
}

bool is_known_name(const std::string& value, const Context& context) {
  return std::ranges::any_of(user_names, [&](std::string_view field) {
    const std::string* known = context.names.find(field);
    return known != nullptr && *known == value && context.trace.scrub(value) == value;
  });
}

std::optional<std::string> find(const Capture& capture, const net::Response& response,
                                const Cookies& cookies) {
  if (capture.json) {
    const auto document = text::Document::parse_body(response.body);
    const text::Json found = document ? capture.json->at(document->root()) : text::Json();
    if (!found || found.kind() == text::Json::Kind::null) return std::nullopt;
    return found.text();
  }
  const std::string* value = nullptr;
  if (!capture.header.empty()) value = response.header(capture.header);
  if (!capture.cookie.empty()) value = cookies.find(capture.cookie);
  const bool in_body = capture.header.empty() && capture.cookie.empty();
  if (in_body) value = &response.body;
  if (value == nullptr || !capture.body) return value ? std::optional(*value) : std::nullopt;
  const auto groups = capture.body->groups(*value);
  if (groups.empty()) return std::nullopt;
  return groups.size() > 1 ? groups[1] : groups[0];
}

void hide_captured(Context& context, const std::map<std::string, Capture>& captures,
                   const net::Answer& answer, const Cookies& cookies) {
  for (const auto& [name, capture] : captures) {
    const auto found = find(capture, answer.response, cookies);
    if (found && is_known_name(*found, context)) continue;
    if (capture.json)
      hide_at(context, *capture.json, answer);
    else if (found)
      hide_given(context, *found);
  }
}

}  // namespace sonde::auth
