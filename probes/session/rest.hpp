#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"
#include "probes/session/session.hpp"

namespace sonde::session {

// A GET of the socket's `rest` address, with the token of `names` where the socket carries it: in
// the same header or cookie, otherwise as Authorization: Bearer. Fails with own_request.
std::expected<net::Request, Failure> rest_request(const Socket& socket, text::Names names);

// Makes a plain request, at step upgrade. Passes for 2xx; fails with unauthorized (401), forbidden
// (403), the result of net::reason_of for another status, or the reason for a missing answer. If
// the session shows a secret, the request does too: see SecretTrial. `names` have its token.
boost::asio::awaitable<Verdict> ask_plainly(Question question, net::Request request,
                                            const SessionSettings& settings,
                                            const ProbeContext& site, Shared& shared,
                                            text::Names& names, Trace& trace);

}  // namespace sonde::session
