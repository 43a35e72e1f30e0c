#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// A text of an answer that stands where a secret may.
struct Given {
  std::string text;
  bool whole = true;  // false: the answer ends within it
};

// The values of the members that are named like the last part of `place`, in a body that is no
// whole JSON: cut off, behind ")]}',", with a comment, or a form. At most 64. Pure.
std::vector<Given> given_in_text(const text::Pointer& place, std::string_view body);

// Hides what the answer gives at `place`, whatever its status, whether it is whole, and whether it
// is taken afterwards: a token beside an error is a token. Of lists, objects and texts with blanks
// it hides the parts that are no plain words; a word such as "invalid_credentials" stays.
void hide_at(Context& context, const text::Pointer& place, const net::Answer& answer);

// The same for a value that was found otherwise.
void hide_given(Context& context, std::string_view value);

}  // namespace sonde::auth
