#pragma once
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/store/store_recovery.hpp"

namespace sonde::store {

// The store's thread with its StoreRecovery. Processes requests in order and tidies up in small
// steps between them; answers are delivered on the main thread. Call it only there.
class StoreThread {
 public:
  StoreThread(StorageSettings settings, boost::asio::any_io_executor main);
  // Closes the file, and waits for the thread unless it was abandoned.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // The result of opening the store; nullopt: the disk did not answer within `longest`.
  std::optional<StoreRecovery::Opening> open(Span longest);

  // Runs `job(StoreRecovery&)` on the thread, then `then(answer, facts)` on main, which is kept
  // running until then.
  template <class Job, class Then>
  void ask(Job job, Then then);

  // Closes the file, ends the thread, then calls `then` on main.
  void close(std::function<void()> then);
  // Stops waiting for a thread that does not end: it keeps running and owns all that it uses.
  void abandon() { thread_.detach(); }

 private:
  struct Loop : std::enable_shared_from_this<Loop> {
    explicit Loop(StorageSettings settings) : file(std::move(settings)) {}
    void run();
    void examine();
    void tidy_soon();
    void tidy();
    void close();

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy =
        boost::asio::make_work_guard(io);
    boost::asio::steady_timer next_tidying{io};
    bool tidying = false, closed = false;
    StoreRecovery file;
  };
  boost::asio::any_io_executor with_work() const;

  boost::asio::any_io_executor main_;
  std::shared_ptr<Loop> loop_;  // shared with the thread, which may be abandoned
  std::thread thread_;
  bool closing_ = false;
};

template <class Job, class Then>
void StoreThread::ask(Job job, Then then) {
  boost::asio::post(loop_->io, [loop = loop_, main = with_work(), job = std::move(job),
                                then = std::move(then)]() mutable {
    auto answer = job(loop->file);
    boost::asio::post(main, [then = std::move(then), answer = std::move(answer),
                             facts = loop->file.facts()]() mutable {
      then(std::move(answer), std::move(facts));
    });
    loop->tidy_soon();
  });
}

}  // namespace sonde::store
