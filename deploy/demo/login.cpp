#include "deploy/demo/login.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/token_placement.hpp"

namespace json = boost::json;

namespace sonde::demo {
namespace {

Fields texts_of(const std::string& body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  Fields fields;
  if (error || !value.is_object()) return fields;
  for (const auto& [key, field] : value.get_object()) {
    if (field.is_string()) fields.emplace(key, field.get_string());
  }
  return fields;
}

Reply grant(Backend& backend, const std::string& user) {
  const auto now = std::chrono::system_clock::now();
  const auto access = backend.tokens.issue(user, backend.ids.next("jti"), now);
  return {.body = fmt::format(R"({{"access_token":"{}","refresh_token":"{}","token_type":"Bearer",)"
                              R"("expires_in":{},"user":{{"id":{},"email":{}}}}})",
                              access, backend.refreshes.issue(user), token_life.count(),
                              quoted(user), quoted(user)),
          .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

Reply login(Backend& backend, const Request& request) {
  const auto fields = texts_of(request.body);
  const auto email = fields.find("email");
  const auto password = fields.find("password");
  if (email == fields.end() || password == fields.end()) {
    return {.status = 422, .body = detail("Email and password are required"), .headers = {}};
  }
  if (!backend.users.accepts(email->second, password->second)) {
    return {.status = 401, .body = detail("Invalid credentials"), .headers = {}};
  }
  return grant(backend, email->second);
}

Reply refresh(Backend& backend, const Request& request) {
  const auto fields = texts_of(request.body);
  const auto given = fields.find("refresh_token");
  if (given == fields.end()) {
    return {.status = 422, .body = detail("Refresh token is required"), .headers = {}};
  }
  const auto user = backend.refreshes.redeem(given->second);
  if (!user) return {.status = 401, .body = detail("Invalid refresh token"), .headers = {}};
  return grant(backend, *user);
}

Reply me(Backend& backend, const Request& request) {
  const auto given = bearer_of(request);
  const auto user = backend.tokens.verify(given.value_or(""), std::chrono::system_clock::now());
  if (!user) return unauthorized(given ? user.error() : "Not authenticated");
  return {.body = fmt::format(R"({{"id":{},"email":{}}})", quoted(*user), quoted(*user)),
          .headers = {}};
}

}  // namespace sonde::demo
