#pragma once
#include <cstdint>
#include <span>

#include "config/codec.hpp"

namespace sonde::session {

// Whether sessions or logins of one user may share what one of them is given.
enum class SameUser : std::uint8_t { allow, forbid };
std::span<const config::Named<SameUser>> names_of(const SameUser*);

}  // namespace sonde::session
