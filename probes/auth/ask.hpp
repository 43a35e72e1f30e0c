#pragma once
#include <map>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/counted_redirects.hpp"
#include "probes/auth/form/cookies.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::auth {

// Makes one request of a login as a browser does: sends and stores cookies, and follows redirects
// as `redirects` allows. `request` becomes the last request made. After a 429, or a 503 with a
// Retry-After, the account sends nothing for as long as the server asks (30 s for a 429 without a
// value), at most context.quiet_max. `hops`: the redirects up to this request, whose limit applies
// then; null: it is the first one. Failures: those of net::fetch, and of CountedRedirects.
boost::asio::awaitable<net::Answer> ask(Context& context, net::Request& request,
                                        const net::ConnectionOptions& line,
                                        net::Redirects redirects, Cookies& cookies,
                                        CountedRedirects* hops = nullptr);

// Hides what a service issued: in the trace, and in those of later runs as far as IssuedTable
// recognizes it.
void hide_issued(Context& context, std::string_view issued);

// The account sends nothing for a while after an answer that asks for it: see ask(). `most` is the
// longest time that is granted.
void leave_alone(LoginGuard& guard, const net::Response& response, Span most, Instant now);

// Builds a request's URL and headers from templates. Fails with own_request, naming `what`.
std::expected<net::Request, Failure> build_request(
    std::string_view what, std::string method, const text::Template& url,
    const std::map<std::string, text::Template>& headers, text::Names& names);

// The current wall-clock time in whole seconds.
WallTime wall_now();

}  // namespace sonde::auth
