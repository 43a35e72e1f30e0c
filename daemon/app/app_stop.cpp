#include <chrono>
#include <cstdlib>
#include <utility>

#include "daemon/app/app_parts.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/app/stopper.hpp"
#include "daemon/log/log.hpp"

namespace sonde::app {
namespace {

// Longer than the longest wait for the answer to a refresh token (auth::keep_late).
constexpr Span drain_max = std::chrono::milliseconds(6500);
constexpr Span tell_max = std::chrono::seconds(2);

using Done = std::function<void(bool in_time)>;

}  // namespace

void App::stop() {
  if (state.stopping) return;
  state.stopping = true;
  state.unready = "stopping";
  lifecycle_->stopping("stopping");
  log::say(log::Level::info, "stopping: cutting the runs under way");
  std::vector<Stopper::Step> steps = {
      {"workers", [this](Done done) { pool.stop(drain_max, std::move(done)); }},
      {"heartbeat",
       [this](Done done) { heartbeat.stop([done = std::move(done)] { done(true); }); }},
      {"receivers", [this](Done done) { stop_telling(std::move(done)); }},
      {"store", [this](Done done) { memory.stop(std::move(done)); }},
      {"listener", [this](const Done& done) {
         web.stop();
         done(true);
       }}};
  Stopper::run(std::move(steps), [this](bool in_time) { stopped(in_time); });
}

// What was found is on the disk before it is told, and what could not be told afterwards, too.
void App::stop_telling(std::function<void(bool)> done) {
  alerting.stop();
  memory.keep([this, done = std::move(done)]() mutable {
    notifier.stop(tell_max, [done = std::move(done)] { done(true); });
  });
}

void App::stopped(bool in_time) {
  lifecycle_->close();
  if (in_time) return;
  // A thread that hangs still holds what it would post to, so nothing may be destroyed.
  log::finish();
  std::_Exit(exit_failed);
}

}  // namespace sonde::app
