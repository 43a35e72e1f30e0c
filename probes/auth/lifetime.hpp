#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "config/codec.hpp"
#include "probes/core/clock.hpp"

namespace sonde::auth {

// The unit in which an answer says how long its token lives: RFC 6749 says seconds, several
// products say milliseconds.
enum class LifetimeUnit : std::uint8_t { seconds, milliseconds };
std::span<const config::Named<LifetimeUnit>> names_of(const LifetimeUnit*);

// The lifetime that a number says, whether as a number or as a text of digits ("3600"); at most
// 10^9 s. nullopt: it is no number above 0. Pure.
std::optional<Span> lifetime_of(std::string_view number, LifetimeUnit unit);

}  // namespace sonde::auth
