#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sonde::auth {

// What a member of an answer is about.
enum class About : std::uint8_t {
  outcome,
  entry,
  fault,
  faults,  // or how many there have been
  code,
  status,  // a code whose 0 is a success here and a failure there
  state,
  type,
  closed,
  factor,
  message
};

struct KnownMember {
  About about;
  bool soft;  // it may be about something else than the login
};

// What a member with this name is about, whatever its spelling ("isSuccess", "is_success"); empty:
// it says nothing of a login. Pure.
std::optional<KnownMember> member_named(std::string_view name);

}  // namespace sonde::auth
