#pragma once
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "daemon/expose/web.hpp"

namespace sonde {

// What the sessions of one listener share, on its executor; outlives each of them.
struct Desk {
  Web::Options options;
  std::vector<std::size_t> at_once;  // requests under way, by route
  bool closed = false;               // nobody behind the routes is asked or told any more
};

// Answers one client until it leaves, is too slow, or breaks a bound. Never throws.
boost::asio::awaitable<void> serve_client(std::shared_ptr<Desk> desk,
                                          boost::asio::ip::tcp::socket socket);

}  // namespace sonde
