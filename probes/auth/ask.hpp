#pragma once
#include <map>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/form/cookies.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::auth {

// Makes one request of a login as a browser does: sends and stores cookies, and follows redirects
// as `redirects` allows. `request` becomes the last request made. After a 429, or a 503 with a
// Retry-After, the account sends nothing for as long as the server asks (30 s for a 429 without a
// value), at most context.quiet_max. Failures: those of net::fetch.
boost::asio::awaitable<net::Answer> ask(Context& context, net::Request& request,
                                        const net::ConnectionOptions& line,
                                        net::Redirects redirects, Cookies& cookies);

// Builds a request's URL and headers from templates. Fails with own_request, naming `what`.
std::expected<net::Request, Failure> build_request(
    std::string_view what, std::string method, const text::Template& url,
    const std::map<std::string, text::Template>& headers, text::Names& names);

// The current wall-clock time in whole seconds.
WallTime wall_now();

}  // namespace sonde::auth
