#include "daemon/page/live.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>

namespace sonde::page {

struct Live::State {
  explicit State(const boost::asio::any_io_executor& main) : timer(main) {}
  void forget() {
    std::erase_if(clients, [](const auto& client) {
      const auto stream = client.lock();
      return !stream || stream->ended();
    });
  }
  void tell() {
    waiting = false;
    forget();
    const std::string text = fmt::format("event: change\ndata: {}\n\n", ++changes);
    for (const auto& client : clients)
      if (const auto stream = client.lock()) stream->push(text);
  }

  boost::asio::steady_timer timer;
  bool waiting = false;
  std::uint64_t changes = 0;
  // The session of a client owns its stream: one that is never sent, as for HEAD, is gone at once.
  std::vector<std::weak_ptr<web::EventStream>> clients;
};

Live::Live(const boost::asio::any_io_executor& main) : state_(std::make_shared<State>(main)) {}

Live::~Live() { state_->timer.cancel(); }

void Live::changed() {
  if (state_->waiting || state_->clients.empty()) return;
  state_->waiting = true;
  state_->timer.expires_after(every);
  state_->timer.async_wait([state = state_](boost::system::error_code error) {
    if (!error) state->tell();
  });
}

std::shared_ptr<web::EventStream> Live::join() {
  state_->forget();
  if (state_->clients.size() >= clients_max) return nullptr;
  auto client = std::make_shared<web::EventStream>();
  client->push("retry: 5000\n\n");
  state_->clients.push_back(client);
  return client;
}

}  // namespace sonde::page
