#pragma once
#include <optional>
#include <string_view>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/url.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// What the addresses say that the answer to a form leads to. All of it is pure.

// The part of an address after the folder that it shares with the page of the form: an application
// may be called "errors".
std::string_view own_part(std::string_view target, std::string_view page);

// Words of an error, in a path, a query or a fragment: "/login?error", "/auth/failed",
// "/suspended".
const text::Pattern& error_addresses();
// Words of a captcha or a second factor: "/2fa", "/login/challenge".
const text::Pattern& more_proof_addresses();

// The fragment of the address that a redirect leads to, without "#".
std::string_view fragment_of(const net::Response& answer);

// Whether the answer to a form redirects to what the configuration wants: by the address, and by
// its query only where it does not lead back to the page of the form, as "/login?next=/home" does.
// What the query says about where to go later ("/terms?next=/home") is no address of this answer.
// Plain text that ends in a letter or a digit is found only as whole names: "/home" is in "/home/x"
// and "/de/home?a", not in "/homepage", and "home" is not in "/myhome". Never where the address
// speaks of an error, a captcha or a second factor, unless `wanted` itself names that.
bool is_wanted_redirect(const text::Pattern& wanted, const net::Url& to, std::string_view fragment,
                        const net::Url& form);

}  // namespace sonde::auth
