#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

namespace sonde::system {

// The daemon towards systemd and signals. On the main thread. Without $NOTIFY_SOCKET it says
// nothing, without $WATCHDOG_USEC it feeds nobody.
class Lifecycle {
 public:
  struct Hooks {
    std::function<void()> stop;        // SIGTERM, SIGINT; again for each
    std::function<void()> reload;      // SIGHUP
    std::function<bool()> progressed;  // did the agenda go on since the last call?
  };

  // A SIGHUP from now on waits until the signals are taken over, instead of ending the process.
  // Before any other thread begins, for threads inherit it.
  static void hold_reloads();

  // Takes the signals over (SIGPIPE is ignored from now on) and begins to feed the watchdog, at
  // half its time, each time that `progressed` says yes.
  Lifecycle(boost::asio::any_io_executor main, Hooks hooks);
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // READY=1 with a STATUS; also after a reload, whatever came of it.
  void ready(std::string_view status);
  // RELOADING=1 with the monotonic time, in one message, as notify-reload wants it.
  void reloading();
  void stopping(std::string_view status);
  void status(std::string_view text);
  // Lets go of signals and watchdog, so that the loop can run out; a SIGHUP changes nothing any
  // more.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::system
