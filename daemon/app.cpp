#include "daemon/app.hpp"

#include <utility>

#include "daemon/app_parts.hpp"
#include "daemon/exit_code.hpp"

namespace sonde {

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

std::expected<std::unique_ptr<App>, std::string> App::start(const Flags& flags, Settings settings) {
  auto parts = std::make_unique<Parts>(flags, std::move(settings));
  if (auto built = parts->build(); !built) return std::unexpected(built.error());
  return std::unique_ptr<App>(new App(std::move(parts)));
}

int App::run() {
  parts_->loop.run();
  return exit_ok;
}

}  // namespace sonde
