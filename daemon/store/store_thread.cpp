#include "daemon/store/store_thread.hpp"

#include "daemon/system/thread.hpp"

namespace sonde::store {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {
constexpr Span tidying_every = 1min;  // also if nothing is written
}

StoreThread::StoreThread(StorageSettings settings, asio::any_io_executor main)
    : main_(std::move(main)), loop_(std::make_shared<Loop>(std::move(settings))) {
  thread_ = std::thread([loop = loop_] { loop->run(); });
}

StoreThread::~StoreThread() {
  if (!thread_.joinable()) return;
  if (!closing_) asio::post(loop_->io, [loop = loop_] { loop->close(); });
  thread_.join();
}

asio::any_io_executor StoreThread::with_work() const {
  return asio::prefer(main_, asio::execution::outstanding_work.tracked);
}

std::optional<StoreRecovery::Opening> StoreThread::open(Span longest) {
  auto opening = std::make_shared<std::promise<StoreRecovery::Opening>>();
  auto opened = opening->get_future();
  asio::post(loop_->io, [loop = loop_, opening] {
    opening->set_value(loop->file.open());
    loop->examine();
  });
  if (opened.wait_for(longest) != std::future_status::ready) return std::nullopt;
  return opened.get();
}

void StoreThread::close(std::function<void()> then) {
  closing_ = true;
  asio::post(loop_->io, [loop = loop_, main = with_work(), then = std::move(then)]() mutable {
    loop->close();
    asio::post(main, std::move(then));
  });
}

void StoreThread::Loop::run() {
  system::name_thread("store");
  system::step_back();
  io.run();
}

void StoreThread::Loop::examine() {
  if (closed) return;
  if (file.examine())
    asio::post(io, [loop = shared_from_this()] { loop->examine(); });
  else
    tidy_soon();
}

void StoreThread::Loop::tidy_soon() {
  if (tidying || closed) return;
  tidying = true;
  next_tidying.cancel();
  asio::post(io, [loop = shared_from_this()] { loop->tidy(); });
}

void StoreThread::Loop::tidy() {
  if (closed) return;
  if (file.tidy()) return asio::post(io, [loop = shared_from_this()] { loop->tidy(); });
  tidying = false;
  next_tidying.expires_after(tidying_every);
  next_tidying.async_wait([loop = shared_from_this()](boost::system::error_code error) {
    if (!error) loop->tidy_soon();
  });
}

void StoreThread::Loop::close() {
  closed = true;
  next_tidying.cancel();
  file.close();
  busy.reset();
}

}  // namespace sonde::store
