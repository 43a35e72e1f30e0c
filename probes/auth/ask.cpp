#include "probes/auth/ask.hpp"

#include <utility>

#include "probes/auth/hide.hpp"
#include "probes/net/http/http_redirect.hpp"
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
void hide_cookies(const Cookies& cookies, Trace& trace) {
  for (const auto& cookie : cookies.all())
    if (cookie.value.size() >= 8) hide(trace, cookie.value);
}

void apply_retry_after(Context& context, const net::Response& response) {
  if (response.status != 429 && response.status != 503) return;
  const std::string* field = response.header("retry-after");
  const std::string* date = response.header("date");
  auto wait = field != nullptr ? retry_after(*field, date != nullptr ? *date : "") : std::nullopt;
  if (!wait && response.status == 429) wait = bare_429;
  const Instant now = Clock::now();
  const auto guard = context.token_cache.guard(context.account.owner, now);
  if (wait) guard->lockout.quiet(*wait, context.quiet_max, now);
}

asio::awaitable<net::Answer> ask_once(Context& context, net::Request& request,
                                      const net::ConnectionOptions& line, const net::Origins& own,
                                      Cookies& cookies) {
  put_cookies(request, cookies, own);
  auto asking = net::fetch(context.network, request, line, no_redirects, context.trace);
  net::Answer answer = co_await std::move(asking);
  cookies.take(request.url, answer.response.headers, wall_now());
  hide_cookies(cookies, context.trace);
  if (answer.ok()) apply_retry_after(context, answer.response);
  co_return answer;
}

// The next request of a chain of redirects; empty: the chain has ended, possibly with a failure.
std::optional<net::Request> next_of(const net::Request& request, net::Answer& answer, int hops,
                                    int max, const Trace& trace) {
  if (!answer.ok() || !net::is_redirect(answer.response.status)) return std::nullopt;
  auto next = net::follow(request, answer.response);
  if (!next) {
    answer.failure = {next.error().reason, trace.scrub(next.error().detail)};
    return std::nullopt;
  }
  if (hops < max) return std::move(*next);
  answer.failure = {Reason::redirected, "more than " + std::to_string(max) +
                                            " redirects, the next to " +
                                            trace.scrub(next->url.text())};
  return std::nullopt;
}

}  // namespace

asio::awaitable<std::expected<LoginGuard::Trial, Failure>> begin_trial(Context& context) {
  if (context.lockout == nullptr) co_return LoginGuard::Trial();
  const auto guard = context.token_cache.guard(context.account.owner, Clock::now());
  const bool after_cooldown = guard->counted(Clock::now()) >= context.lockout->after;
  const Instant came = Clock::now();
  auto beginning = guard->begin(*context.lockout, context.is_trial, context.mark);
  auto trial = co_await std::move(beginning);
  context.trace.waited += Clock::now() - came;
  if (trial) trial->shows_refresh_token(context.redeems);
  context.is_trial |= after_cooldown && trial.has_value();
  co_return trial;
}

WallTime wall_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

asio::awaitable<net::Answer> ask(Context& context, net::Request& request,
                                 const net::ConnectionOptions& line, net::Redirects redirects,
                                 Cookies& cookies) {
  // The caller has checked the first URL; that of a redirect comes from an answer.
  net::Origins own = net::Origins::of(context.names);
  own.add(request.url);
  for (int hops = 0;; ++hops) {
    auto asking = ask_once(context, request, line, own, cookies);
    net::Answer answer = co_await std::move(asking);
    if (context.answered) context.answered(answer);
    if (!redirects.follow) co_return answer;
    auto next = next_of(request, answer, hops, redirects.max, context.trace);
    if (!next) co_return answer;
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
