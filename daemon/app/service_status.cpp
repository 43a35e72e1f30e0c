#include "daemon/app/service_status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"

namespace sonde::app {
namespace {

std::string counted(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace

void ServiceStatus::accept(const ResultPtr&) {
  if (!tell_ || (runs_seen_ == runs_.version() && alerts_seen_ == alerts_.version())) return;
  runs_seen_ = runs_.version();
  alerts_seen_ = alerts_.version();
  std::string now = line();
  if (now == told_) return;
  told_ = std::move(now);
  tell_(told_);
}

void ServiceStatus::assign(std::size_t probes, int workers) {
  probes_ = probes;
  workers_ = workers;
}

std::string ServiceStatus::line() const {
  std::string text =
      counted(probes_, "probe") + " on " + counted(static_cast<std::size_t>(workers_), "worker");
  const std::size_t failing = runs_.failing();
  if (failing == 1) text += fmt::format("; 1 check fails: {}", runs_.newest());
  if (failing > 1) text += fmt::format("; {} checks fail, the newest {}", failing, runs_.newest());
  const auto facts = alerts_.facts();
  const auto firing = static_cast<std::size_t>(std::ranges::count_if(facts, [](const auto& alert) {
    return alert.state == AlertState::firing && !is_watchdog(alert.labels);
  }));
  if (firing > 0)
    text += fmt::format("; {} {}", counted(firing, "alert"), firing == 1 ? "fires" : "fire");
  return text;
}

}  // namespace sonde::app
