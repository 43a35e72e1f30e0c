#include "probes/auth/ask.hpp"

#include <utility>

#include "probes/auth/hide.hpp"
#include "probes/net/http/http_start.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/origins.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects no_redirects;  // redirects are followed here, because of the cookies
constexpr Span bare_429 = std::chrono::seconds(30);

void put_cookies(net::Request& request, const Cookies& cookies, const net::Origins& own) {
  const std::string header = cookies.header(request.url, wall_now(), own);
  if (cookies.empty()) return;
  std::erase_if(request.headers, [](const auto& h) { return net::same_word(h.first, "cookie"); });
  if (!header.empty()) request.headers.emplace_back("Cookie", header);
}

// Shorter values, such as "en", are not secret and occur in most texts.
void hide_cookies(const Cookies& cookies, Context& context) {
  for (const auto& cookie : cookies.all())
    if (cookie.value.size() >= 8) hide_issued(context, cookie.value);
}

asio::awaitable<net::Answer> ask_once(Context& context, net::Request& request,
                                      const net::ConnectionOptions& line, const net::Origins& own,
                                      Cookies& cookies) {
  put_cookies(request, cookies, own);
  auto asking =
      context.start_wait
          ? net::fetch_start(context.network, request, line, *context.start_wait, context.trace)
          : net::fetch(context.network, request, line, no_redirects, context.trace);
  net::Answer answer = co_await std::move(asking);
  cookies.take(request.url, answer.response.headers, wall_now());
  hide_cookies(cookies, context);
  const Instant now = Clock::now();
  if (answer.ok())
    leave_alone(*context.token_cache.guard(context.account.owner, now), answer.response,
                context.quiet_max, now);
  co_return answer;
}

}  // namespace

void hide_issued(Context& context, std::string_view issued) {
  hide(context.trace, issued);
  context.token_cache.issued().remember(issued);
}

void leave_alone(LoginGuard& guard, const net::Response& response, Span most, Instant now) {
  if (response.status != 429 && response.status != 503) return;
  const std::string* field = response.header("retry-after");
  const std::string* date = response.header("date");
  auto wait = field != nullptr ? retry_after(*field, date != nullptr ? *date : "") : std::nullopt;
  if (!wait && response.status == 429) wait = bare_429;
  if (wait) guard.quiet(*wait, most, now);
}

asio::awaitable<std::expected<LoginGuard::Trial, Failure>> begin_trial(Context& context) {
  if (context.lockout == nullptr) co_return LoginGuard::Trial();
  const auto guard = context.token_cache.guard(context.account.owner, Clock::now());
  const bool after_cooldown = guard->counted(Clock::now()) >= context.lockout->after;
  Showing what{.goes_on = context.is_trial, .mark = context.mark, .waited = &context.trace.waited};
  auto beginning = guard->begin(*context.lockout, std::move(what));
  auto trial = co_await std::move(beginning);
  if (trial) trial->shows_refresh_token(context.redeems);
  context.is_trial |= after_cooldown && trial.has_value();
  co_return trial;
}

WallTime wall_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

asio::awaitable<net::Answer> ask(Context& context, net::Request& request,
                                 const net::ConnectionOptions& line, net::Redirects redirects,
                                 Cookies& cookies, CountedRedirects* hops) {
  // The caller has checked the first URL; that of a redirect comes from an answer.
  net::Origins own = net::Origins::of(context.names);
  own.add(request.url);
  CountedRedirects first(redirects, context.names);
  if (hops == nullptr) hops = &first;
  while (true) {
    auto asking = ask_once(context, request, line, own, cookies);
    net::Answer answer = co_await std::move(asking);
    if (context.answered) context.answered(answer);
    auto next = hops->next(request, answer, context.trace);
    if (!next) co_return answer;
    const std::string session = cookies.header(next->url, wall_now(), own);
    if (!hops->may_send(*next, session, context.trial, answer, context.trace)) co_return answer;
    request = std::move(*next);
  }
}

std::expected<net::Request, Failure> build_request(
    std::string_view what, std::string method, const text::Template& url,
    const std::map<std::string, text::Template>& headers, text::Names& names) {
  auto own = [&](const std::string& why) {
    return std::unexpected(Failure{Reason::own_request, std::string(what) + " " + why});
  };
  net::Request request{.method = std::move(method), .url = {}, .headers = {}, .body = {}};
  auto rendered = url.render(names);
  if (!rendered) return own("url: " + rendered.error());
  auto parsed = net::parse_url(*rendered);
  if (!parsed) return own("url: " + parsed.error());
  request.url = std::move(*parsed);
  for (const auto& [name, value] : headers) {
    auto text = value.render(names);
    if (!text) return own("header " + name + ": " + text.error());
    request.headers.emplace_back(name, std::move(*text));
  }
  return request;
}

}  // namespace sonde::auth
