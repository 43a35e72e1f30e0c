#include "probes/net/network.hpp"

#include "probes/net/dns/lookup.hpp"
#include "probes/net/tls/tls.hpp"

namespace sonde::net {

Network::Network(boost::asio::any_io_executor executor)
    : executor_(std::move(executor)),
      lookup_(std::make_unique<Lookup>(executor_)),
      tls_(std::make_unique<TlsContexts>()) {}

Network::~Network() = default;

}  // namespace sonde::net
