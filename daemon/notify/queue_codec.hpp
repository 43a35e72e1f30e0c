#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/notify/post.hpp"
#include "daemon/notify/queue.hpp"

namespace sonde::notify {

// Encoding of the part of a queue that survives a restart, as text of a state record. Pure.

std::string note_of(const Pending& pending);
// Returns nullopt if the text is invalid or of an unknown version.
std::optional<Pending> pending_of(std::string_view note);

// What is stored about a destination: where it was reached, and until when not to send to it.
struct PlaceNote {
  LastAddress last;
  std::optional<WallTime> quiet_until;
  std::string identity;    // empty: of an earlier version, or unknown
  std::string entry = {};  // see Message
};
std::string note_of(const PlaceNote& place);
std::optional<PlaceNote> place_of(std::string_view note);

}  // namespace sonde::notify
