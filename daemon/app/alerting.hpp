#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/alert/engine.hpp"
#include "daemon/core/sink.hpp"
#include "daemon/notify/deliver.hpp"

namespace sonde::app {

// From what fires to who is told. Judges after every Result and every 15 s, has what changed
// written, and only then hands it to the receivers: an alert that was told is remembered. On the
// main thread; the last of the sinks.
class Alerting : public Sink {
 public:
  static constexpr Span every = std::chrono::seconds(15);

  struct Options {
    // Writes what changed, then calls `then`, whatever came of it.
    std::function<void(std::function<void()> then)> keep;
    // Whether the receivers are told; else Prometheus tells, and here alerts are only shown.
    std::function<bool()> tells;
  };
  // Both outlive it.
  Alerting(const boost::asio::any_io_executor& main, alert::Engine& engine,
           notify::Notifier& notifier, Options options);
  ~Alerting() override;
  Alerting(const Alerting&) = delete;
  Alerting& operator=(const Alerting&) = delete;

  void accept(const ResultPtr& result) override;
  // Judges everything now, and from then on again and again.
  void start();
  void stop();
  // Judges everything now, for once.
  void judge();

  // Whether everything was judged within the last three rounds.
  bool progressed(Instant now) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::app
