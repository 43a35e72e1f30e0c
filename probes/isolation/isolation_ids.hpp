#pragma once
#include <string>
#include <string_view>

namespace sonde::isolation {

// What the names and values of JSON members say about their owner. Pure.

// The common form of threadId, thread-id and THREAD_ID.
std::string plain_name(std::string_view name);
// Whether ids with that plain name identify a user or session, as in messages that announce who is
// present.
bool names_somebody(std::string_view plain);
// Whether such an id is of a user rather than of a session.
bool names_user(std::string_view plain);
// Whether an id may be a counter or a constant that every session has: 17, t1, main. An id of 8
// bytes or more is not.
bool may_be_counter(std::string_view id);
// Whether the value means that there is no id: empty, 0, -1, a UUID of zeros.
bool is_nobodys(std::string_view id);

}  // namespace sonde::isolation
