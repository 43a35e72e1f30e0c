#pragma once
#include <map>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/form/cookies.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::auth {

// One request of a login, as a browser makes it: the cookies go with it and come back, redirects
// are followed by policy. `request` becomes the last one that was made. 429, and 503 with a
// Retry-After, keep the account quiet for as long as the server says (a bare 429: 30 s), up to
// context.quiet_max.
// Failures: those of net::fetch.
boost::asio::awaitable<net::Answer> ask(Context& context, net::Request& request,
                                        const net::ConnectionOptions& line,
                                        net::Redirects redirects, Cookies& cookies);

// A request's URL and headers from templates. Fails with own_request, naming `what`.
std::expected<net::Request, Failure> build_request(
    std::string_view what, std::string method, const text::Template& url,
    const std::map<std::string, text::Template>& headers, text::Names& names);

// The current wall clock in whole seconds.
WallTime wall_now();

}  // namespace sonde::auth
