#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "deploy/demo/routes.hpp"
#include "deploy/demo/stream.hpp"

namespace sonde::demo {

// Accepts the upgrade and holds the chat session until it ends. Bounds: 64 KB a message, 8 runs
// at once, 1024 frames that the client has not taken yet, 5 minutes of silence.
boost::asio::awaitable<void> hold_session(
    Backend& backend, Stream stream,
    const boost::beast::http::request<boost::beast::http::string_body>& upgrade,
    const Admission& admission);

}  // namespace sonde::demo
