#include "daemon/app/stopper.hpp"

#include <cstddef>
#include <utility>

#include "daemon/log/log.hpp"

namespace sonde::app {
namespace {

void tell(const std::string& step, bool in_time) {
  if (in_time)
    log::say(log::Level::info, "stopped: " + step);
  else
    log::say(log::Level::warning, "not stopped in time: " + step);
}

}  // namespace

struct Stopper::Round {
  std::vector<Step> steps;
  std::function<void(bool)> finished;
  std::size_t at = 0;
  bool in_time = true;
};

void Stopper::run(std::vector<Step> steps, std::function<void(bool in_time)> finished) {
  auto round = std::make_shared<Round>(std::move(steps), std::move(finished));
  next(round);
}

void Stopper::next(const std::shared_ptr<Round>& round) {
  if (round->at == round->steps.size()) return round->finished(round->in_time);
  round->steps[round->at].stop([round](bool in_time) {
    tell(round->steps[round->at].name, in_time);
    round->in_time = round->in_time && in_time;
    ++round->at;
    next(round);
  });
}

}  // namespace sonde::app
