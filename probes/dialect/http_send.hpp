#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/section.hpp"
#include "probes/core/trace.hpp"
#include "probes/net/websocket/websocket.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::dialect {

// An HTTP request that is made where a frame would be sent; what it causes comes on the socket.
struct HttpSend {
  std::string method = "POST";
  text::Template url;
  std::map<std::string, text::Template> headers;
  text::Tree json;  // the body: one of these three, or none
  text::Tree form;
  text::Template body;
  std::vector<int> status;                       // that mean success; empty: 200 to 299
  std::map<std::string, text::Pointer> capture;  // variables, from places of the JSON answer
};
const config::Section<HttpSend>& section_of(const HttpSend*);
void add_needs(const HttpSend& send, text::Needs& needs);

// Makes the request over a connection of its own, with the options of the session, and sets the
// variables. Records the exchange in `trace`, but none of its phases. Sends nothing to an origin
// that is neither the target's own nor named by the configuration. Failures: at step events
// send_failed; before it auth_rejected_after_accept for 401 and 403, else no_ready; own_request;
// cut. Empty: it succeeded.
boost::asio::awaitable<std::optional<Failure>> send_by_http(const HttpSend& send,
                                                            const net::Websocket& session,
                                                            text::Names& names, Step step,
                                                            Trace& trace);

}  // namespace sonde::dialect
