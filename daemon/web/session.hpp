#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/access/access.hpp"
#include "daemon/web/clients.hpp"
#include "daemon/web/request_check.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// A reply as sent; several sessions may send one page.
struct SentReply {
  WebReply head;  // its body was moved to `page`
  std::shared_ptr<const std::string> page;
};

// A session that waits, on its timer, for a reply, which may come from another thread.
struct Waiting {
  boost::asio::steady_timer arrived;
  std::optional<SentReply> reply = std::nullopt;
};

// For a shared route: the sessions that get the current answer, and those that get the next.
struct Batch {
  bool busy = false;
  std::vector<std::shared_ptr<Waiting>> now, next;
};

// State that the sessions of one listener share, on its executor; has to outlive all of them.
struct ServerState {
  explicit ServerState(Web::Options given)
      : options(std::move(given)),
        hosts(options.external_url, options.allowed_hosts),
        at_once(options.routes.size()),
        clients(options.of_address_max) {}

  Web::Options options;
  KnownHosts hosts;
  std::vector<std::size_t> at_once;                         // requests under way, by route
  std::map<std::pair<std::size_t, unsigned>, Batch> batch;  // by route and WebRequest::form()
  Clients clients;
  bool closed = false;            // the handlers of the routes are not called any more
  bool draining = false;          // no connection is kept for another request
  std::function<void()> drained;  // called when the last session ends, while draining
};

// A client that was accepted.
struct Accepted {
  int descriptor = -1;  // owned by the session
  std::string peer;     // address and port
  std::shared_ptr<access::Connection> connection;
};

// Serves one client until it disconnects, is too slow, is cut, or exceeds a limit. Never throws.
boost::asio::awaitable<void> serve_client(std::shared_ptr<ServerState> desk,
                                          boost::asio::any_io_executor executor, Accepted accepted);

}  // namespace sonde::web
