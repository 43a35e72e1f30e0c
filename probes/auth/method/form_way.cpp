#include "probes/auth/method/form_way.hpp"

#include <utility>

#include "probes/auth/ask.hpp"
#include "probes/auth/form/forms.hpp"
#include "probes/net/http/http_redirect.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/html.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects follow_ten_times{.follow = true, .max = 10};
constexpr int refreshes_max = 3;

// Where the header Refresh or <meta http-equiv=refresh> leads; empty: nowhere, or it is a page with
// a login. Browsers treat both alike, and the header comes first (HTML section 7.4.6.3).
std::string refresh_of(const net::Response& answer) {
  if (asks_password(answer)) return "";
  const std::string* header = answer.header("refresh");
  std::string address = header != nullptr ? text::refresh_address(*header) : std::string();
  if (!address.empty() || !net::is_page(answer)) return address;
  return read_page(answer).html.refresh;
}

// The answer as the redirect that a browser takes it for.
std::optional<net::Response> as_redirect(const net::Response& answer) {
  if (net::is_redirect(answer.status)) return answer;
  std::string refresh = refresh_of(answer);
  if (refresh.empty()) return std::nullopt;
  net::Response redirect;
  redirect.status = 303;
  redirect.headers.emplace_back("Location", std::move(refresh));
  return redirect;
}

}  // namespace

std::optional<net::Url> target_of(const net::Request& request, const net::Response& answer) {
  const auto redirect = as_redirect(answer);
  const std::string* location = redirect ? redirect->header("location") : nullptr;
  if (location == nullptr) return std::nullopt;
  auto url = net::resolve(request.url, *location);
  return url ? std::optional(*std::move(url)) : std::nullopt;
}

asio::awaitable<net::Answer> last_page(Context& context, net::Request& request, net::Answer answer,
                                       const net::ConnectionOptions& line, Cookies& cookies) {
  CountedRedirects hops(follow_ten_times, context.names);
  hops.sent(request);
  const net::Origins own = net::Origins::of(context.names);
  for (int count = 0; answer.ok() && count <= refreshes_max; ++count) {
    const auto redirect = as_redirect(answer.response);
    if (!redirect) break;
    auto next = net::follow(request, *redirect);
    if (!next) {
      answer.failure = {next.error().reason, context.trace.scrub(next.error().detail)};
      break;
    }
    const std::string session = cookies.header(next->url, wall_now(), own);
    if (!hops.may_send(*next, session, context.trial, answer, context.trace)) break;
    request = *std::move(next);
    auto asking = ask(context, request, line, follow_ten_times, cookies, &hops);
    answer = co_await std::move(asking);
  }
  co_return answer;
}

std::string page_path_of(const net::Url& url) { return url.target.substr(0, url.target.find('?')); }

}  // namespace sonde::auth
