#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "daemon/notify/receiver.hpp"
#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// The address at which a host was last reached. Used if our own DNS is down, so that the alert
// about that can still be sent.
struct LastAddress {
  std::string host, address;
};

// A request with a time limit; its `secrets` are never shown.
struct Call {
  Prepared prepared;
  net::ConnectionOptions line;
  Span timeout = std::chrono::seconds(10);
};
struct Called {
  net::Answer answer;                  // its detail contains no secret; the body is unchanged
  std::shared_ptr<const Trace> trace;  // knows what to redact in the answer
  Span took{};
  std::string peer;
};
// Makes the call. If the name cannot be resolved, tries once more at the host's last good address,
// with a time limit of its own. Records the address that answers in `last`. When cancelled, the
// answer's reason is shutdown.
boost::asio::awaitable<Called> call(net::Network& network, Call call, LastAddress& last);

// Whether a 2xx was received, also where the rest of the answer was too big, cut off or too slow:
// the service has the message, and sending it again would page twice.
bool was_accepted(const net::Answer& answer);

struct Posted {
  Receipt receipt;
  Span took{};
  bool stopped = false;  // cancelled: the outcome is unknown
};
// Sends a message to a receiver. All messages go through this function, those of test-alert
// included.
boost::asio::awaitable<Posted> post(net::Network& network, std::shared_ptr<const Receiver> receiver,
                                    Message message, LastAddress& last);

}  // namespace sonde::notify
