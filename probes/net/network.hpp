#pragma once
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "probes/net/settings.hpp"

namespace sonde::net {

class Lookup;
class TlsContexts;

// Network resources that the probes of one worker share on its loop: the resolver channels and the
// TLS contexts (one for each distinct setting). Single-threaded; has to outlive every attempt that
// uses it.
class Network {
 public:
  explicit Network(boost::asio::any_io_executor executor);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const boost::asio::any_io_executor& executor() const { return executor_; }
  Lookup& lookup() { return *lookup_; }
  TlsContexts& tls() { return *tls_; }

 private:
  boost::asio::any_io_executor executor_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<TlsContexts> tls_;
};

}  // namespace sonde::net
