#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "daemon/notify/receiver.hpp"
#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// The address at which a host was last reached. When our own DNS is what is down, that is where
// the news of it goes.
struct LastAddress {
  std::string host, address;
};

// A request that is made within a time limit; `secrets` are never shown.
struct Call {
  Prepared prepared;
  net::ConnectionOptions line;
  Span timeout = std::chrono::seconds(10);
};
struct Called {
  net::Answer answer;                  // a detail shows no secret; the body is as it came
  std::shared_ptr<const Trace> trace;  // knows what is not to be shown of it
  Span took{};
  std::string peer;
};
// Makes the call; if the name cannot be resolved, once more, at the last good address of the host,
// within a limit of its own. Whatever answers is remembered in `last`. Cancelled: shutdown.
boost::asio::awaitable<Called> call(net::Network& network, Call call, LastAddress& last);

struct Posted {
  Receipt receipt;
  Span took{};
  bool stopped = false;  // cancelled: nothing is known of it
};
// Tells a receiver something: the only way to one, for alerts and tests alike.
boost::asio::awaitable<Posted> post(net::Network& network, std::shared_ptr<const Receiver> receiver,
                                    Message message, LastAddress& last);

}  // namespace sonde::notify
