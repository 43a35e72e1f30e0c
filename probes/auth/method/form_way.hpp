#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/form/cookies.hpp"
#include "probes/auth/login.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::auth {

// Where the answer to a form leads: by a redirect, or by a page with the header Refresh or with
// <meta http-equiv=refresh> that does not ask for a password, as browsers follow all three. Empty:
// nowhere. Pure.
std::optional<net::Url> target_of(const net::Request& request, const net::Response& answer);

// The page at the end of that way, at most 10 redirects and 3 such pages; `answer` itself, if it
// leads nowhere. `request` is the one that it answers, and becomes that of the page. Failures:
// those of ask().
boost::asio::awaitable<net::Answer> last_page(Context& context, net::Request& request,
                                              net::Answer answer,
                                              const net::ConnectionOptions& line, Cookies& cookies);

// The path, without the query.
std::string page_path_of(const net::Url& url);

}  // namespace sonde::auth
