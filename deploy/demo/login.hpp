#pragma once
#include "deploy/demo/message.hpp"

namespace sonde::demo {

struct Backend;

// POST /auth/login: JSON {email, password} -> a pair of tokens.
Reply login(Backend& backend, const Request& request);
// POST /auth/refresh: JSON {refresh_token} -> a new pair; each is good for one use.
Reply refresh(Backend& backend, const Request& request);
// POST /token: form, grant_type password, client_credentials or refresh_token (RFC 6749).
Reply token(Backend& backend, const Request& request);
// GET /auth/me: the user of the bearer token.
Reply me(Backend& backend, const Request& request);

}  // namespace sonde::demo
