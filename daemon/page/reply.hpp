#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "daemon/web/web.hpp"

namespace sonde::page {

// A page as a reply: compressed if the client takes that, with a policy that allows the style,
// script and images of this server alone.
web::WebReply page_reply(const web::WebRequest& request, std::string html, unsigned status = 200);
// The same without script; `style`: the source of its style.
web::WebReply scriptless_reply(const web::WebRequest& request, std::string html,
                               std::string_view style);

// A page that says why there is nothing: 404 or another status.
web::WebReply error_reply(const web::WebRequest& request, unsigned status, std::string_view title,
                          std::string_view text, const std::string& version);

// The route of the pages below `folder`, which read recorded runs. Few are made at the same time,
// because each may hold the runs of a week.
web::Route recorded_route(std::string_view folder,
                          std::function<void(const web::WebRequest&, web::Respond)> answer);

}  // namespace sonde::page
