#include "daemon/schedule/result_batcher.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace sonde::schedule {
namespace asio = boost::asio;
namespace {
constexpr std::size_t batch_max = 64;
constexpr std::chrono::milliseconds wait_max(10);
}  // namespace

struct ResultBatcher::State {
  asio::steady_timer timer;
  std::function<void(std::vector<ResultPtr>)> post;
  std::vector<ResultPtr> batch = {};

  void flush() {
    timer.cancel();
    if (!batch.empty()) post(std::exchange(batch, {}));
  }
};

ResultBatcher::ResultBatcher(asio::any_io_executor executor,
                             std::function<void(std::vector<ResultPtr>)> post)
    : state_(new State{asio::steady_timer(executor), std::move(post)}) {}

ResultBatcher::~ResultBatcher() { state_->timer.cancel(); }

void ResultBatcher::put(ResultPtr result) {
  state_->batch.push_back(std::move(result));
  if (state_->batch.size() >= batch_max) return state_->flush();
  if (state_->batch.size() > 1) return;
  state_->timer.expires_after(wait_max);
  state_->timer.async_wait([state = state_](boost::system::error_code error) {
    if (!error) state->flush();
  });
}

void ResultBatcher::flush() { state_->flush(); }

}  // namespace sonde::schedule
