#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/net/tcp.hpp"
#include "probes/net/tls.hpp"
#include "probes/net/url.hpp"
#include "probes/trace.hpp"

namespace sonde::net {

// A full TLS handshake on a connected socket, verified as `settings` say, for the host of `url`.
// The facts go to the trace also when verification fails. Failures: tls_handshake, tls_untrusted,
// tls_expired, tls_name_mismatch, alpn_h2, tcp_reset, closed_early, own_request, cut.
boost::asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> start_tls(
    ssl_ctx_st* context, Socket socket, const Url& url, const TlsSettings& settings, Trace& trace);

}  // namespace sonde::net
