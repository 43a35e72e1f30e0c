#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "daemon/alert/engine.hpp"
#include "daemon/app/run_log.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::app {

// The line that `systemctl status` shows: "5 probes on 2 workers; 1 check fails: chat at demo:
// upgrade/timeout since 2026-01-02T03:04:05Z; 1 alert fires". The last of the sinks.
class ServiceStatus : public Sink {
 public:
  // Both have to outlive this object.
  ServiceStatus(const RunLog& runs, const alert::Engine& alerts) : runs_(runs), alerts_(alerts) {}

  // From now on `tell` is called whenever the line has become another one.
  void start(std::function<void(const std::string& line)> tell) { tell_ = std::move(tell); }
  void accept(const ResultPtr& result) override;

  void assign(std::size_t probes, int workers);
  std::string line() const;

 private:
  const RunLog& runs_;
  const alert::Engine& alerts_;
  std::function<void(const std::string& line)> tell_;
  std::size_t probes_ = 0;
  int workers_ = 0;
  std::uint64_t runs_seen_ = 0, alerts_seen_ = 0;
  std::string told_;
};

}  // namespace sonde::app
