#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/tcp/tcp.hpp"
#include "probes/net/tls/tls.hpp"
#include "probes/net/url.hpp"

namespace sonde::net {

// A full TLS handshake on a connected socket, verified as `settings` say, for the host of `url`.
// Records the facts in the trace even if verification fails. Failures: tls_handshake (also if the
// server ends the connection), tls_untrusted, tls_expired (also not yet valid), tls_name_mismatch,
// alpn_h2, tcp_reset, tcp_timeout, own_network, cut.
boost::asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> start_tls(
    ssl_ctx_st* context, Socket socket, const Url& url, const TlsSettings& settings, Trace& trace);

}  // namespace sonde::net
