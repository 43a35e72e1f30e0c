#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// The route of that path, else the one below which it stands, else the end.
std::vector<Route>::const_iterator find_route(const std::vector<Route>& routes,
                                              const std::string& path);
bool allows(const Route& route, std::string_view method);
std::string methods_of(const Route& route);  // as the header Allow has them

// Nothing: the request changes nothing, or may.
std::optional<Refused> refuse_change(const WebRequest& request, std::string_view external_url);

// A line of text.
WebReply plain_reply(unsigned status, std::string text);
// In the shape that clients of that path expect.
WebReply refusal_of(const WebRequest& request, const Refused& refused);

}  // namespace sonde::web
