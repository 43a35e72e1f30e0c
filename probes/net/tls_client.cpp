#include "probes/net/tls_client.hpp"

namespace sonde::net {

boost::asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> start_tls(
    ssl_ctx_st*, Socket, const Url&, const TlsSettings&, Trace&) {
  co_return std::unexpected(Failure{Reason::own_request, "TLS is not built in"});
}

}  // namespace sonde::net
