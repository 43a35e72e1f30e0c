#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/web/clients.hpp"
#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// A reply as it is sent; several sessions may send one page.
struct SentReply {
  WebReply head;  // its body has moved to `page`
  std::shared_ptr<const std::string> page;
};

// A session that waits for a reply, which may come from another thread; it sleeps on the timer.
struct Waiting {
  boost::asio::steady_timer arrived;
  std::optional<SentReply> reply = std::nullopt;
};

// Of a shared route: who gets the answer under way, and who the next one.
struct Batch {
  bool busy = false;
  std::vector<std::shared_ptr<Waiting>> now, next;
};

// What the sessions of one listener share, on its executor; outlives each of them.
struct ServerState {
  explicit ServerState(Web::Options given)
      : options(std::move(given)),
        hosts(options.external_url, options.allowed_hosts),
        at_once(options.routes.size()) {}

  Web::Options options;
  KnownHosts hosts;
  std::vector<std::size_t> at_once;                     // requests under way, by route
  std::map<std::pair<std::size_t, bool>, Batch> batch;  // by route and whether it is gzipped
  Clients clients;
  bool closed = false;  // nobody behind the routes is asked or told any more
};

// Answers one client until it leaves, is too slow, is cut, or breaks a bound. Never throws.
boost::asio::awaitable<void> serve_client(std::shared_ptr<ServerState> desk,
                                          boost::asio::ip::tcp::socket socket);

}  // namespace sonde::web
