#pragma once
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// Makes the WebRequest for a route.
WebRequest request_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);

// The parts of a request that decide its framing; they live as long as `incoming`.
RequestHead head_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);

}  // namespace sonde::web
