#pragma once
#include <cstdint>
#include <string_view>

#include "probes/talk/ready.hpp"

namespace sonde::talk {

// What a message means to somebody who should have been refused.
enum class Heard : std::uint8_t { refusal, welcome, other };

// A refusal is an authentication error as the dialect's rules know it; a welcome is the ready
// message or any event; everything else (heartbeats, what cannot be read) is neither. Pure.
Heard hear(const Dialect& dialect, const Ready& ready, std::string_view payload,
           text::Names& names);

}  // namespace sonde::talk
