#pragma once
#include <string_view>

namespace sonde {

// True if a member, parameter, field or header of that name holds a secret: it contains token,
// password, secret, ticket, jwt, csrf or the like, in any case. Not "token_type", nor a count of
// tokens.
bool names_a_secret(std::string_view name);

// True if a text may be one that a server issued: 8 bytes or more, without a blank, of letters and
// digits. Not a date, nor an address.
bool looks_issued(std::string_view value);

}  // namespace sonde
