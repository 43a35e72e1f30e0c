#pragma once
#include <string>
#include <string_view>

#include "daemon/notify/receiver.hpp"

namespace sonde::notify {

// The message in Slack's Block Kit: at most 50 blocks of at most 3,000 characters. Pure.
std::string slack_body(const Message& message, std::string_view channel);

// Escapes the characters with a meaning in mrkdwn; uses at most `bytes_max` bytes of `text`.
std::string slack_escape(std::string_view text, std::size_t bytes_max);

}  // namespace sonde::notify
