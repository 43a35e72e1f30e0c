#pragma once
#include <optional>
#include <set>
#include <string>

#include "probes/auth/login_guard.hpp"
#include "probes/core/secrets.hpp"
#include "probes/net/http/http_exchange.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {

// Follows the redirects of a request that may show credentials. A browser repeats a POST at 307 and
// 308, and headers at any status; a service may count each time against the account. So each time
// takes a place of its own of the trial, and it is not shown without one, nor twice by the same
// request with the same cookies.
class CountedRedirects {
 public:
  // Follows none.
  CountedRedirects() = default;
  // `names` has the secrets of the identity.
  CountedRedirects(const net::Redirects& redirects, const text::Names& names);

  // The first request, as it was sent, where another one than next() follows it.
  void sent(const net::Request& request);
  // The request that follows `request`, as it was sent, after this answer. Empty: the chain has
  // ended, possibly with a failure, which `answer` gets: those of net::follow, and redirected after
  // too many.
  std::optional<net::Request> next(const net::Request& request, net::Answer& answer,
                                   const Trace& trace);
  // Whether it may be sent with this Cookie header; otherwise `answer` gets the failure:
  // redirected. `trial`: null if nothing is counted.
  bool may_send(const net::Request& next, const std::string& cookies, LoginGuard::Trial* trial,
                net::Answer& answer, const Trace& trace);

 private:
  bool shows_credentials(const net::Request& request) const;

  net::Redirects redirects_ = {};
  Secrets secrets_;
  int hops_ = 0;
  std::set<std::string> shown_;  // requests that showed credentials
};

}  // namespace sonde::auth
