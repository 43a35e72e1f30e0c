#include "probes/auth/method/form_proof.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/lockout.hpp"
#include "probes/text/page_words.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects follow_ten{.follow = true, .max = 10};

using Words = std::set<std::string>;

// A page as it was shown, and the path at the end of its redirects.
struct Seen {
  net::Answer answer;
  std::string path;
  Words words() const {
    Words all = text::words_of_page(answer.response.body);
    all.insert(path);
    return all;
  }
};

bool is_shown(const Seen& seen, const Entries& entries) {
  return seen.answer.ok() && seen.answer.response.status < 400 &&
         !asks_again(seen.answer.response, entries);
}

// A server error says nothing about who asks.
bool is_turned_away(const Seen& seen, const Entries& entries) {
  if (!seen.answer.ok()) return false;
  const int status = seen.answer.response.status;
  if (status == 429 || status >= 500) return false;
  return status >= 400 || asks_again(seen.answer.response, entries);
}

// Someone who asks for the pages.
struct Visitor {
  Cookies cookies;
};

asio::awaitable<Seen> visit(Context& context, const net::Request& page,
                            const net::ConnectionOptions& line, Visitor& visitor) {
  net::Request request{.method = "GET", .url = page.url, .headers = page.headers, .body = {}};
  std::erase_if(request.headers, [](const auto& header) {
    return header.first == "Cookie" || header.first == "Origin" || header.first == "Content-Type";
  });
  auto asking = ask(context, request, line, follow_ten, visitor.cookies);
  net::Answer answer = co_await std::move(asking);
  co_return Seen{std::move(answer), text::word_of_path(request.url.target)};
}

// "/login?error", "/auth/failed", "/account/locked", a captcha or a second factor, or a page that
// says so by its status.
bool leads_to_error(const SentForm& sent) {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)(?:^|[/"
      "?&=._-])(?:errors?|fail(?:ed|ure)?|denied|invalid|locked|captcha|otp|totp|mfa|2fa)"
      "(?:[^a-z]|$)");
  if (sent.to && words.found_in(sent.to->target)) return true;
  if (sent.landed.ok() && words.found_in(sent.landing.url.target)) return true;
  return sent.landed.ok() && is_refusal(sent.landed.response.status);
}

// What is in both of the first and in none of the others.
Words always_and_never(const std::array<Words, 2>& always, const std::array<Words, 2>& never) {
  Words left;
  for (const std::string& word : always[0])
    if (always[1].contains(word) && !never[0].contains(word) && !never[1].contains(word))
      left.insert(word);
  return left;
}

bool has_word(const Words& words, const text::Pattern& like) {
  return std::ranges::any_of(words, [&](const auto& word) { return like.found_in(word); });
}

// Whether a page treats the user as somebody who is logged in: it offers to log out, or no longer
// offers to log in, in a word or in the address of a link. Any other difference (a tip of the day,
// another language, a message about the refused login, a banner that is gone) may be shown to
// anybody.
bool says_logged_in(const std::array<Words, 2>& user, const std::array<Words, 2>& visitor) {
  static const text::Pattern leave = *text::Pattern::parse(
      "log[-_]?(?:out|off)|sign[-_]?(?:out|off)|^abmelden$|^ausloggen$|^d[ée]connexion$|"
      "^uitloggen$|^wyloguj|^desconect|^выйти$|登出|退出|ログアウト");
  static const text::Pattern enter = *text::Pattern::parse(
      "log[-_]?in|sign[-_]?in|^anmelden$|^einloggen$|^connexion$|^inloggen$|^zaloguj|^войти$|"
      "登录|登入|ログイン");
  static const text::Pattern refused = *text::Pattern::parse(
      "^(?:errors?|fail(?:s|ed|ure)?|invalid|incorrect|wrong|denied|locked|attempts?|blocked)$");
  const Words more = always_and_never(user, visitor), less = always_and_never(visitor, user);
  if (has_word(more, leave)) return true;
  return has_word(less, enter) && !has_word(user[0], enter) && !has_word(more, refused);
}

// Whether the user gets another page than the visitor, each time.
asio::awaitable<std::expected<bool, Failure>> is_treated_otherwise(
    Context& context, const net::ConnectionOptions& line, const net::Request& page,
    const Entries& entries, Visitor& user, Visitor& visitor) {
  std::array<Words, 2> to_user, to_visitor;
  for (const std::size_t round : {0U, 1U}) {
    auto showing = visit(context, page, line, user);
    const Seen own = co_await std::move(showing);
    if (own.answer.failure.reason == Reason::cut) co_return std::unexpected(own.answer.failure);
    if (!is_shown(own, entries)) co_return false;
    auto comparing = visit(context, page, line, visitor);
    const Seen other = co_await std::move(comparing);
    if (other.answer.failure.reason == Reason::cut) co_return std::unexpected(other.answer.failure);
    if (is_turned_away(other, entries)) co_return true;
    if (!is_shown(other, entries)) co_return false;
    to_user[round] = own.words();
    to_visitor[round] = other.words();
    if (to_user[round] == to_visitor[round]) co_return false;
  }
  co_return says_logged_in(to_user, to_visitor);
}

// The pages to compare.
std::vector<net::Request> pages_of(const SentForm& sent) {
  std::vector<net::Request> pages;
  if (sent.to && sent.landed.ok()) pages.push_back(sent.landing);
  pages.push_back(sent.opening);
  if (!sent.to && sent.opening.url.target != "/") {
    pages.push_back(sent.opening);
    pages.back().url.target = "/";
  }
  return pages;
}

// Whether the login gave a cookie that the page with the form had not set, that is still there, and
// that a visitor does not get.
bool has_new_cookie(const SentForm& sent, const Visitor& user, const Visitor& visitor) {
  return std::ranges::any_of(sent.after.changed_since(sent.before), [&](const std::string& name) {
    return (sent.named.empty() || name == sent.named) && sent.before.find(name) == nullptr &&
           user.cookies.find(name) != nullptr && visitor.cookies.find(name) == nullptr;
  });
}

}  // namespace

asio::awaitable<std::expected<bool, Failure>> is_logged_in(Context& context,
                                                           const net::ConnectionOptions& line,
                                                           const SentForm& sent) {
  if (leads_to_error(sent)) co_return false;
  Visitor user{sent.now}, visitor{sent.before};
  for (const net::Request& page : pages_of(sent)) {
    auto comparing = is_treated_otherwise(context, line, page, sent.entries, user, visitor);
    const auto otherwise = co_await std::move(comparing);
    if (!otherwise || *otherwise) co_return otherwise;
  }
  co_return sent.to && !sent.landed.ok() && has_new_cookie(sent, user, visitor);
}

}  // namespace sonde::auth
