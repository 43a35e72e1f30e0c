#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

namespace sonde::system {

// Communication with systemd, and signals. Main thread only. Sends nothing without $NOTIFY_SOCKET,
// and no watchdog messages without $WATCHDOG_USEC.
class Lifecycle {
 public:
  struct Hooks {
    std::function<void()> stop;        // SIGTERM, SIGINT; called for each
    std::function<void()> reload;      // SIGHUP
    std::function<bool()> progressed;  // whether the schedule made progress since the last call
  };

  // From now on a SIGHUP waits until the signals are handled, instead of ending the process. Call
  // it before any other thread starts, because threads inherit the mask.
  static void hold_reloads();
  // The same for SIGTERM and SIGINT: a daemon that gets one while it starts ends in order,
  // also as process 1 of a container, where the kernel would drop the signal.
  static void hold_stops();

  // Handles the signals (SIGPIPE is ignored from now on) and sends watchdog messages at half the
  // watchdog's timeout, each time that `progressed` returns true.
  Lifecycle(boost::asio::any_io_executor main, Hooks hooks);
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // Sends READY=1 with a STATUS; also after a reload, successful or not.
  void ready(std::string_view status);
  // Sends RELOADING=1 with the monotonic time in one message, as required for Type=notify-reload.
  void reloading();
  void stopping(std::string_view status);
  void status(std::string_view text);
  // Releases signals and watchdog, so that the loop can end; a SIGHUP then has no effect.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::system
