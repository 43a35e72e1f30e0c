#pragma once
#include <string>

#include "deploy/demo/plan.hpp"
#include "deploy/demo/tokens.hpp"

namespace sonde::demo {

// The messages of the server, as JSON text.
std::string ready_frame(std::string_view user, std::string_view connection, std::string_view mode,
                        Now now);
std::string event_frame(const Plan& plan, const Beat& beat, std::string_view user, Now now);
std::string pong_frame(std::string_view user, Now now);
std::string ack_frame(std::string_view type);
std::string legacy_frame(std::string_view type);
std::string error_frame(std::string_view code, std::string_view text);

// A message of the client. `type` is empty if it is not a JSON object with a type.
struct Said {
  std::string type, content, thread;
};
Said understand(std::string_view text);

}  // namespace sonde::demo
