#include "probes/net/http/http_start.hpp"

#include <memory>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "probes/net/http/http_receive.hpp"

namespace sonde::net {
namespace {

namespace asio = boost::asio;

// Closes a transport after a time limit, so that its pending operations end. The timer's handler
// may be queued already when this is destroyed, so both share the pointer.
class Fuse {
 public:
  Fuse(Transport& transport, Span after)
      : transport_(std::make_shared<Transport*>(&transport)), timer_(transport.executor(), after) {
    timer_.async_wait(Burn{transport_});
  }
  ~Fuse() { *transport_ = nullptr; }
  bool has_burned() const { return *transport_ == nullptr; }
  Fuse(const Fuse&) = delete;
  Fuse& operator=(const Fuse&) = delete;

 private:
  struct Burn {
    std::shared_ptr<Transport*> transport;
    void operator()(boost::system::error_code error) const {
      if (error || !*transport) return;
      std::exchange(*transport, nullptr)->close();
    }
  };

  std::shared_ptr<Transport*> transport_;
  asio::steady_timer timer_;
};

}  // namespace

asio::awaitable<bool> receive_start(Transport& transport, ResponseReader& reader, Span wait) {
  const Fuse fuse(transport, wait);
  co_await receive(transport, reader);
  co_return fuse.has_burned();
}

}  // namespace sonde::net
