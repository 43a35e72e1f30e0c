#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sonde::app {

// Ends the parts of the daemon one after the other, in the order of the list, with a line of log
// each. Every step bounds its own time and says whether it ended within it.
class Stopper {
 public:
  struct Step {
    std::string name;  // "workers"
    // Calls `done` once, now or later, on the main thread.
    std::function<void(std::function<void(bool in_time)> done)> stop;
  };
  // Begins; `finished` hears whether every step ended in time.
  static void run(std::vector<Step> steps, std::function<void(bool in_time)> finished);

 private:
  struct Round;
  static void next(const std::shared_ptr<Round>& round);
};

}  // namespace sonde::app
