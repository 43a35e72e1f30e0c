#pragma once
#include <expected>
#include <memory>
#include <string>

#include "daemon/flags.hpp"
#include "daemon/settings.hpp"

namespace sonde {

// The daemon: builds every part in order (metrics, page, workers, listener, lifecycle) and stops
// them in reverse. The only one that knows all. On the main thread.
class App {
 public:
  // Binds and starts everything, or says why not.
  static std::expected<std::unique_ptr<App>, std::string> start(const Flags& flags,
                                                                Settings settings);
  ~App();

  // Runs until a signal stops it, and returns the exit code.
  int run();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sonde
