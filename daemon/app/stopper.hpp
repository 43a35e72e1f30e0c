#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sonde::app {

// Stops the parts of the daemon one after the other, in the order of the list, with a log line for
// each. Every step limits its own time and reports whether it finished within it.
class Stopper {
 public:
  struct Step {
    std::string name;  // "workers"
    // Calls `done` once, immediately or later, on the main thread.
    std::function<void(std::function<void(bool in_time)> done)> stop;
  };
  // Starts; `finished` gets whether every step ended in time.
  static void run(std::vector<Step> steps, std::function<void(bool in_time)> finished);

 private:
  struct Round;
  static void next(const std::shared_ptr<Round>& round);
};

}  // namespace sonde::app
