#include "daemon/web/event_stream.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "daemon/web/client_stream.hpp"

namespace sonde::web {
namespace asio = boost::asio;

void EventStream::push(std::string events) {
  next_ = std::move(events);
  if (wake_) wake_();
}

void EventStream::end() {
  ended_ = true;
  if (wake_) wake_();
}

asio::awaitable<void> send_events(ClientStream& stream, std::shared_ptr<EventStream> events,
                                  Span heartbeat, Span write_limit) {
  constexpr auto with_result = asio::as_tuple(asio::use_awaitable);
  asio::steady_timer wake(stream.get_executor());
  events->wake_ = [&wake] { wake.cancel(); };
  while (!events->ended_ && stream.is_open()) {
    stream.expires_after(heartbeat + write_limit);
    if (!events->next_) {
      wake.expires_after(heartbeat);
      co_await wake.async_wait(with_result);
      if (events->ended_ || !stream.is_open()) break;
    }
    const std::string text = std::exchange(events->next_, std::nullopt).value_or(":\n\n");
    stream.expires_after(write_limit);
    const auto [error, bytes] = co_await asio::async_write(stream, asio::buffer(text), with_result);
    if (error) break;
  }
  events->wake_ = nullptr;
  events->ended_ = true;
}

}  // namespace sonde::web
