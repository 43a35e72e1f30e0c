#pragma once
#include <string>
#include <string_view>

namespace sonde::isolation {

// What the names of JSON members and their values say about whose they are. Pure.

// threadId, thread-id and THREAD_ID are one name.
std::string plain_name(std::string_view name);
// Whether the ids of that plain name say who somebody is, as messages do that tell everybody who is
// there.
bool names_somebody(std::string_view plain);
// Of these, whether they are of a user, not of a session.
bool names_user(std::string_view plain);
// Whether a session may count up to it, or say it of itself as every other one does: 17, t1, main.
// One of 8 bytes or more is no counter.
bool may_be_counter(std::string_view id);
// What stands where nobody has an id: nothing, 0, -1, a UUID of zeros.
bool is_nobodys(std::string_view id);

}  // namespace sonde::isolation
