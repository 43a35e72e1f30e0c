#include "probes/net/websocket/websocket.hpp"
#include "probes/net/websocket/ws_handshake.hpp"
#include "probes/net/websocket/ws_session.hpp"

namespace sonde::net {

namespace asio = boost::asio;

asio::awaitable<Upgraded> upgrade(Network& network, const UpgradeRequest& request,
                                  const ConnectionOptions& line, Trace& trace) {
  Upgraded upgraded;
  const std::string key = make_key();
  const auto ours = upgrade_request(request, key);
  if (!ours) {
    upgraded.answer.failure = ours.error();
    co_return upgraded;
  }
  UpgradeAnswer theirs = co_await exchange_upgrade(network, *ours, line, trace);
  upgraded.answer = std::move(theirs.answer);
  if (!theirs.line) co_return upgraded;
  auto selected = judge_switch(upgraded.answer.response, key, request);
  if (selected && !request.deflate) {
    upgraded.session = open_session(std::move(theirs.line), std::move(theirs.rest), line.limits,
                                    std::move(*selected));
  } else if (!selected) {
    upgraded.answer.failure = {selected.error().reason, trace.scrub(selected.error().detail)};
  }
  co_return upgraded;
}

}  // namespace sonde::net
