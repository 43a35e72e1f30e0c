#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/web/api.hpp"
#include "daemon/web/api_json.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// The replies of the API, and routes that only read.

inline WebReply api_reply(unsigned status, std::string body) {
  return {.status = status, .type = "application/json", .body = std::move(body)};
}
inline WebReply api_good(std::string_view data, unsigned status = 200) {
  return api_reply(status, success_json(data));
}
inline WebReply api_error(unsigned status, std::string_view type, std::string_view text) {
  return api_reply(status, error_json(type, text));
}
// What a request asks for is not there.
inline WebReply api_not_found(std::string_view text) { return api_error(404, "not_found", text); }
// A parameter or a body is wrong, and how.
inline WebReply api_bad(std::string_view text) { return api_error(400, "bad_data", text); }

using ApiHooksPtr = std::shared_ptr<const ApiHooks>;

// A GET; `below`: of everything below the path, which ends with a slash.
inline Route api_get(std::string_view path, const ApiHooksPtr& hooks,
                     WebReply (*answer)(const WebRequest&, const ApiHooks&), bool below = false) {
  return {.path = std::string(path),
          .methods = {"GET"},
          .answer = [hooks, answer](const WebRequest& request,
                                    Respond respond) { respond(answer(request, *hooks)); },
          .below = below};
}

}  // namespace sonde::web
