#pragma once
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// What a route sees of a request that was read.
WebRequest request_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);

// The lines of a request that decide how it is framed; they live as long as `incoming`.
RequestHead head_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);

}  // namespace sonde::web
