#include "deploy/demo/hub.hpp"

namespace sonde::demo {

void Hub::send_to_others(const std::string& user, const std::shared_ptr<const std::string>& frame) {
  for (auto* listener : open_) {
    if (listener->user() != user) listener->send(frame);
  }
}

}  // namespace sonde::demo
