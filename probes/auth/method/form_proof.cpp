#include "probes/auth/method/form_proof.hpp"

#include <algorithm>

#include "probes/auth/ask.hpp"
#include "probes/auth/lockout.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects follow_ten{.follow = true, .max = 10};

// The cookies that the page with the form had not set and that still exist: cookies that only carry
// a message to the next page have been removed by then.
std::vector<std::string> new_names(const SentForm& sent) {
  std::vector<std::string> names = sent.after.changed_since(sent.before);
  std::erase_if(names, [&](const std::string& name) {
    return sent.before.find(name) != nullptr || sent.now.find(name) == nullptr ||
           (!sent.named.empty() && name != sent.named);
  });
  return names;
}

bool shows_page(const net::Answer& answer) { return answer.ok() && answer.response.status < 400; }

bool asks_for_login(const net::Response& page, const Entries& entries) {
  return asks_again(text::parse_html(page.body), entries);
}

bool turns_away(const net::Answer& answer, const Entries& entries) {
  if (!answer.ok()) return false;
  const int status = answer.response.status;
  return status == 401 || status == 403 || asks_for_login(answer.response, entries);
}

asio::awaitable<net::Answer> visit(Context& context, const net::Request& page,
                                   const net::ConnectionOptions& line, Cookies& cookies) {
  net::Request request{.method = "GET", .url = page.url, .headers = page.headers, .body = {}};
  std::erase_if(request.headers, [](const auto& header) {
    return header.first == "Cookie" || header.first == "Origin" || header.first == "Content-Type";
  });
  auto asking = ask(context, request, line, follow_ten, cookies);
  net::Answer answer = co_await std::move(asking);
  co_return answer;
}

// "/login?error", "/auth/failed", "/account/locked", a captcha or a second factor, or a page that
// says so by its status.
bool leads_to_error(const SentForm& sent) {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)error|fail|denied|invalid|locked|captcha|"
      "(?:^|[/?&=._-])(?:otp|totp|mfa|2fa)(?:[^a-z]|$)");
  if (sent.to && words.found_in(sent.to->target)) return true;
  if (sent.landed.ok() && words.found_in(sent.landing.url.target)) return true;
  return sent.landed.ok() && is_refusal(sent.landed.response.status);
}

// Whether a visitor without the login gets something different at the page that the login led to.
bool differs(const SentForm& sent, const std::vector<std::string>& fresh,
             const net::Answer& visited, const Cookies& visitor) {
  if (shows_page(sent.landed) && turns_away(visited, sent.entries)) return true;
  return visited.ok() && std::ranges::any_of(fresh, [&](const std::string& name) {
           return visitor.find(name) == nullptr;
         });
}

}  // namespace

asio::awaitable<std::expected<bool, Failure>> is_logged_in(Context& context,
                                                           const net::ConnectionOptions& line,
                                                           const SentForm& sent) {
  if (leads_to_error(sent)) co_return false;
  const auto fresh = new_names(sent);
  // The redirect may lead to a page that we cannot reach; the session is valid anyway.
  if (!fresh.empty() && (!sent.named.empty() || !sent.landed.ok())) co_return true;
  if (sent.to && sent.landed.ok()) {
    Cookies visitor = sent.before;
    auto visiting = visit(context, sent.landing, line, visitor);
    const net::Answer visited = co_await std::move(visiting);
    if (visited.failure.reason == Reason::cut) co_return std::unexpected(visited.failure);
    if (differs(sent, fresh, visited, visitor)) co_return true;
  }
  Cookies user = sent.now;
  auto opening = visit(context, sent.opening, line, user);
  const net::Answer opened = co_await std::move(opening);
  if (opened.failure.reason == Reason::cut) co_return std::unexpected(opened.failure);
  co_return shows_page(opened) && !asks_for_login(opened.response, sent.entries);
}

}  // namespace sonde::auth
