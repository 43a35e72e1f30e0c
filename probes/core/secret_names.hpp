#pragma once
#include <string_view>

namespace sonde {

// Whether a member, parameter, field or header of that name holds a secret: the name contains
// token, password, secret, ticket, jwt, csrf or similar, in any case. False for "token_type" and
// for counts of tokens.
bool names_a_secret(std::string_view name);

// Whether a text may have been issued by a server: 8 bytes or more, without spaces, of letters and
// digits. False for dates and addresses.
bool looks_issued(std::string_view value);

}  // namespace sonde
