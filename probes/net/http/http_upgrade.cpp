#include <chrono>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "probes/net/http/http_ask.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/net/http/http_receive.hpp"

namespace sonde::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t refusal_max = 4096;
constexpr auto refusal_wait = std::chrono::milliseconds(250);

// Closes a transport after a while, so that whatever waits for it ends. The timer's handler may
// already be on its way when this goes, so both share the pointer that it goes by.
class Fuse {
 public:
  Fuse(Transport& transport, Span after)
      : transport_(std::make_shared<Transport*>(&transport)), timer_(transport.executor(), after) {
    timer_.async_wait(Burn{transport_});
  }
  ~Fuse() { *transport_ = nullptr; }
  Fuse(const Fuse&) = delete;
  Fuse& operator=(const Fuse&) = delete;

 private:
  struct Burn {
    std::shared_ptr<Transport*> transport;
    void operator()(boost::system::error_code error) const {
      if (!error && *transport) (*transport)->close();
    }
  };

  std::shared_ptr<Transport*> transport_;
  asio::steady_timer timer_;
};

// The start of a refusal's body: its end is not waited for, and how it ends does not matter.
asio::awaitable<void> receive_start(Transport& transport, ResponseReader& reader) {
  const Fuse fuse(transport, refusal_wait);
  co_await receive(transport, reader);
}

}  // namespace

asio::awaitable<UpgradeAnswer> exchange_upgrade(Network& network, const Request& request,
                                                const ConnectionOptions& line, Trace& trace) {
  UpgradeAnswer upgraded;
  auto wire = compose(request, {.absolute = false, .upgrade = true});
  if (!wire) {
    upgraded.answer.failure = std::move(wire.error());
    co_return upgraded;
  }
  auto transport = co_await dial(network, request.url, line, trace);
  if (!transport) {
    upgraded.answer.failure = std::move(transport.error());
    co_return upgraded;
  }
  const Reading reading{
      .header_max = line.limits.header, .body_max = refusal_max, .clip_body = true};
  ResponseReader reader(reading);
  const Instant at = Clock::now();
  co_await ask(**transport, *wire, reader, trace);
  if (reader.header_done() && !reader.over()) co_await receive_start(**transport, reader);
  const bool silent = !reader.started();
  upgraded.answer = conclude(request, std::move(*wire), at, reader, trace);
  Failure& failure = upgraded.answer.failure;
  if (upgraded.answer.response.status != 0) {  // enough is known, however the body ended
    failure = {};
    trace.leave();
  }
  if (silent && failure.reason == Reason::closed_early) failure.reason = Reason::handshake_eof;
  if (failure.reason == Reason::ok && upgraded.answer.response.status == 101) {
    upgraded.rest = std::string(reader.rest());
    upgraded.line = std::move(*transport);
  }
  co_return upgraded;
}

}  // namespace sonde::net
