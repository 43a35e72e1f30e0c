#include "daemon/system/lifecycle.hpp"

#include <time.h>

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <string>
#include <utility>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/system/output.hpp"
#include "daemon/system/service_manager.hpp"

namespace sonde::system {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

using service_manager::notify;

void mask(int how, std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  ::pthread_sigmask(how, &set, nullptr);
}

// The protocol is line-based, so a status has to be one line.
std::string status_line(std::string_view status) {
  std::string line = "STATUS=" + std::string(status);
  for (char& c : line)
    if (c == '\n') c = ' ';
  return line;
}

std::string monotonic_usec() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

struct Lifecycle::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor main, Hooks what)
      : hooks(std::move(what)), signals(main, SIGTERM, SIGINT, SIGHUP), feeding(main) {}

  void wait_for_signal();
  void take(int signal);
  void wait_to_feed();

  Hooks hooks;
  asio::signal_set signals;
  asio::steady_timer feeding;
  std::chrono::microseconds every = service_manager::watchdog() / 2;
  bool closed = false;
};

void Lifecycle::State::wait_for_signal() {
  signals.async_wait([self = shared_from_this()](error_code error, int signal) {
    if (error || self->closed) return;
    self->take(signal);
    if (!self->closed) self->wait_for_signal();
  });
}

void Lifecycle::State::take(int signal) {
  if (signal == SIGHUP)
    hooks.reload();
  else
    hooks.stop();
}

void Lifecycle::State::wait_to_feed() {
  if (every.count() == 0) return;
  feeding.expires_after(every);
  feeding.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->closed) return;
    if (self->hooks.progressed()) notify("WATCHDOG=1");
    self->wait_to_feed();
  });
}

void Lifecycle::hold_reloads() { mask(SIG_BLOCK, {SIGHUP}); }

void Lifecycle::hold_stops() { mask(SIG_BLOCK, {SIGTERM, SIGINT}); }

Lifecycle::Lifecycle(asio::any_io_executor main, Hooks hooks)
    : state_(std::make_shared<State>(std::move(main), std::move(hooks))) {
  ignore_broken_pipes();
  state_->wait_for_signal();
  mask(SIG_UNBLOCK, {SIGHUP, SIGTERM, SIGINT});
  state_->wait_to_feed();
}

Lifecycle::~Lifecycle() { close(); }

void Lifecycle::ready(std::string_view status) { notify("READY=1\n" + status_line(status)); }

void Lifecycle::reloading() { notify("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec()); }

void Lifecycle::stopping(std::string_view status) { notify("STOPPING=1\n" + status_line(status)); }

void Lifecycle::status(std::string_view text) { notify(status_line(text)); }

void Lifecycle::close() {
  hold_reloads();
  state_->closed = true;
  error_code ignored;
  state_->signals.cancel(ignored);
  state_->signals.clear(ignored);
  state_->feeding.cancel();
}

}  // namespace sonde::system
