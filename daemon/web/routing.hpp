#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// The route with that path, or else one for a folder that contains it, or else the end.
std::vector<Route>::const_iterator find_route(const std::vector<Route>& routes,
                                              const std::string& path);
bool allows(const Route& route, std::string_view method);
std::string methods_of(const Route& route);  // for the header Allow

// nullopt: the request changes nothing, or is allowed to.
std::optional<Refused> refuse_change(const Route& route, const WebRequest& request,
                                     std::string_view external_url);

// One line of text.
WebReply plain_reply(unsigned status, std::string text);
// An error in the format that clients of that path expect.
WebReply refusal_of(const WebRequest& request, const Refused& refused);
// The same for a request that Access has not let in; asks for a password where one is missing.
WebReply denial_of(const WebRequest& request, const Refused& refused);

}  // namespace sonde::web
