#pragma once
#include <string>
#include <string_view>

#include "daemon/notify/receiver.hpp"

namespace sonde::notify {

// A message in Slack's Block Kit; pure. At most 50 blocks, of at most 3,000 characters each.
std::string slack_body(const Message& message, std::string_view channel);

// `text` with the characters escaped that mean something in mrkdwn, at most `bytes_max` of it.
std::string slack_escape(std::string_view text, std::size_t bytes_max);

}  // namespace sonde::notify
