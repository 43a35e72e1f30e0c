#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/notify/post.hpp"
#include "daemon/notify/queue.hpp"

namespace sonde::notify {

// What of a queue survives a restart, as the text of a note; pure.

std::string note_of(const Pending& pending);
// Nothing: it is none, or of a version that is not known.
std::optional<Pending> pending_of(std::string_view note);

// What is known of a place: where it was reached, and until when it wants peace.
struct PlaceNote {
  LastAddress last;
  std::optional<WallTime> quiet_until;
  std::string identity;    // empty: of an earlier version, or unknown
  std::string entry = {};  // see Message
};
std::string note_of(const PlaceNote& place);
std::optional<PlaceNote> place_of(std::string_view note);

}  // namespace sonde::notify
