#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/alert/engine.hpp"
#include "daemon/alert/history.hpp"
#include "daemon/core/sink.hpp"
#include "daemon/notify/deliver.hpp"

namespace sonde::app {

// Connects the engine to the history and the notifier. Evaluates after every Result and every 15 s,
// has the changes written, and only then passes the alerts to the receivers, so that every alert
// that was sent is stored. Main thread only; the last of the sinks.
class Alerting : public Sink {
 public:
  static constexpr Span every = std::chrono::seconds(15);

  struct Options {
    // Writes what changed, then calls `then`, whether or not the write succeeded.
    std::function<void(std::function<void()> then)> keep;
    // Whether alerts are sent to receivers; if not, Prometheus sends them, and alerts are only
    // shown.
    std::function<bool()> tells;
  };
  // Engine, history and notifier have to outlive this object.
  Alerting(const boost::asio::any_io_executor& main, alert::Engine& engine, alert::History& history,
           notify::Notifier& notifier, Options options);
  ~Alerting() override;
  Alerting(const Alerting&) = delete;
  Alerting& operator=(const Alerting&) = delete;

  void accept(const ResultPtr& result) override;
  // Evaluates everything now, and periodically from then on.
  void start();
  void stop();
  // Evaluates everything once, now.
  void judge();

  // Whether everything was evaluated within the last three rounds.
  bool progressed(Instant now) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::app
