#include "probes/auth/method/form_proof.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "probes/auth/ask.hpp"
#include "probes/auth/lockout.hpp"
#include "probes/auth/method/form_address.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/page_words.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr net::Redirects follow_ten{.follow = true, .max = 10};

using Words = std::set<std::string>;
using Kind = LoginProof::Kind;

// A page as it was shown, and the path at the end of its redirects.
struct Seen {
  net::Answer answer;
  std::string path;
  const std::string& body() const { return answer.response.body; }
  Words words() const {
    Words all = text::words_of_page(body());
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

bool leads_to(const SentForm& sent, const text::Pattern& words) {
  const auto has = [&](const net::Url& url) {
    return words.found_in(own_part(url.target, sent.page.target));
  };
  return (sent.to && has(*sent.to)) || (sent.landed.ok() && has(sent.landing.url));
}

// A captcha or a second factor, or a page that refuses by its status.
bool leads_nowhere(const SentForm& sent) {
  return leads_to(sent, more_proof_addresses()) ||
         (sent.landed.ok() && is_refusal(sent.landed.response.status));
}

// "/login?error", "/auth/failed", "/account/locked".
bool leads_to_error(const SentForm& sent) { return leads_to(sent, error_addresses()); }

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

const text::Pattern& leave_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "log[-_]?(?:out|off)|sign[-_]?(?:out|off)|^leave$|^abmelden$|^ausloggen$|^d[ée]connexion$|"
      "^uitloggen$|^wyloguj|^desconect|^cerrar$|^esci$|^sair$|^выйти$|登出|退出|ログアウト");
  return words;
}
const text::Pattern& enter_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "log[-_]?in|sign[-_]?in|^anmelden$|^einloggen$|^connexion$|^inloggen$|^zaloguj|^войти$|"
      "登录|登入|ログイン");
  return words;
}
// Of a page that refuses, whoever it names.
const text::Pattern& refusal_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "^(?:errors?|fail(?:s|ed|ure)?|invalid|incorrect|wrong|denied|locked|attempts?|blocked|"
      "disabled|suspended|sorry|again|not|could|couldn|unable|unknown|verify|captcha|code|"
      "falsch|ung[üu]ltig|fehler|fehlgeschlagen|gesperrt|nicht|erneut|bestätigen|incorrecte?|"
      "erreur|échec|échoué|bloqué|refusé|invalide|réessayez|impossible|incorrect[oa]s?|inv[áa]lid["
      "oa]s?|"
      "bloquead[oa]|intente|errat[oa]|sbagliat[oa]|non|riprova|onjuist|verkeerd|ongeldig|niet|"
      "błęd\\w*|nieprawidłow\\w*|nie|неверн\\w*|ошибка|не|错误|失败|誤り|失敗)$");
  return words;
}
// Of a page that surely speaks of a refused login, although it offers to log out.
const text::Pattern& sure_refusal_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "^(?:invalid|incorrect|wrong|denied|locked|attempts?|blocked|suspended|captcha|falsch|ung[üu]"
      "ltig|fehlgeschlagen|gesperrt|incorrecte?|échoué|bloqué|"
      "invalide|incorrect[oa]s?|inv[áa]lid[oa]s?|bloquead[oa]|errat[oa]|sbagliat[oa]|onjuist|"
      "verkeerd|ongeldig|nieprawidłow\\w*|неверн\\w*|错误|失败|誤り|失敗)$");
  return words;
}
const text::Pattern& password_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "^(?:passwords?|passwort|kennwort|passe|contraseña|senha|wachtwoord|hasło|пароль|密码|"
      "パスワード)$");
  return words;
}
const text::Pattern& guest_words() {
  static const text::Pattern words = *text::Pattern::parse(
      "^(?:guest|gast|invité|invitado|convidado|ospite|gość|гость|anonymous|visitor|游客|ゲスト)$");
  return words;
}

// The names by which pages call the user: what the configuration says in plain text, and the part
// of a mail address before the "@". A text of one or two letters is no name.
std::vector<std::string> account_names(const Context& context) {
  std::vector<std::string> names;
  for (const std::string_view field : {"identity.username", "identity.user", "identity.email",
                                       "identity.name", "identity.id", "identity.login"}) {
    const std::string* known = context.names.find(field);
    if (known == nullptr || context.trace.scrub(*known) != *known) continue;
    for (const std::string& name : {*known, known->substr(0, known->find('@'))})
      if (name.size() > 2) names.push_back(name);
  }
  return names;
}

// A page as the user and as a visitor got it, each time.
struct Compared {
  std::vector<Seen> user, visitor;
  bool sent_away = false;  // the visitor is not shown the page
};

bool names_user(const Compared& seen, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    const auto says = [&](const Seen& page) { return text::page_says(page.body(), name); };
    return std::ranges::all_of(seen.user, says) && std::ranges::none_of(seen.visitor, says);
  });
}

// What a comparison proves; `path` is that of the page. A page that offers to log out and names the
// user is his, unless it surely speaks of a refusal: "Hi alice. Wrong password. Not you? Sign out".
LoginProof judge(const Compared& seen, const std::string& path,
                 const std::vector<std::string>& names) {
  const std::array<Words, 2> user{seen.user.front().words(), seen.user.back().words()};
  const std::array<Words, 2> visitor{seen.visitor.front().words(), seen.visitor.back().words()};
  const Words more = always_and_never(user, visitor), less = always_and_never(visitor, user);
  const bool named = names_user(seen, names);
  const bool leaves = has_word(more, leave_words());
  const bool enters = has_word(user[0], enter_words());
  const bool refuses = has_word(more, refusal_words());
  LoginProof proof;
  if (seen.sent_away)
    proof.seen = "a visitor is not shown " + path;
  else if (leaves)
    proof.seen = path + " offers to log out";
  else if (has_word(less, enter_words()) && !enters)
    proof.seen = path + " does not offer to log in";
  const bool treated = !proof.seen.empty();
  if (!treated && !named) {
    const bool same = more.empty() && less.empty();
    proof.seen = same ? "a visitor is shown the same at " + path
                      : path + " neither names the user nor offers to log out";
    proof.refused = enters || refuses;
    return proof;
  }
  if (!seen.sent_away && !leaves && refuses && !named) {
    proof.seen = path + " shows what a visitor does not see, which may be a refusal";
    proof.refused = true;
    return proof;
  }
  if (named) proof.seen += (treated ? " and " : path) + std::string(" names the user");
  const bool surely =
      has_word(more, sure_refusal_words()) || (refuses && has_word(more, password_words()));
  const bool trusted = named && treated && (leaves ? !surely : !enters && !refuses);
  proof.kind = trusted && !has_word(more, guest_words()) ? Kind::proven : Kind::unproven;
  return proof;
}

std::string shown_as(const Seen& seen) {
  if (!seen.answer.ok()) return seen.answer.failure.detail;
  return net::describe(seen.answer.response);
}

// Asks for a page in turn as the user and as the visitor, twice unless the visitor is sent away.
asio::awaitable<std::expected<LoginProof, Failure>> compare(Context& context,
                                                            const net::ConnectionOptions& line,
                                                            const net::Request& page,
                                                            const Entries& entries, Visitor& user,
                                                            Visitor& visitor) {
  const std::string path = page.url.target.substr(0, page.url.target.find('?'));
  Compared seen;
  for (int round = 0; round < 2 && !seen.sent_away; ++round) {
    auto showing = visit(context, page, line, user);
    Seen own = co_await std::move(showing);
    if (own.answer.failure.reason == Reason::cut) co_return std::unexpected(own.answer.failure);
    if (!is_shown(own, entries)) {
      const bool asks = own.answer.ok() && asks_again(own.answer.response, entries);
      co_return LoginProof{.seen = path + (asks ? " asks for the credentials again"
                                                : " is not shown to the user: " + shown_as(own)),
                           .cookies = {}};
    }
    auto comparing = visit(context, page, line, visitor);
    Seen other = co_await std::move(comparing);
    if (other.answer.failure.reason == Reason::cut) co_return std::unexpected(other.answer.failure);
    seen.sent_away = is_turned_away(other, entries);
    if (!seen.sent_away && !is_shown(other, entries))
      co_return LoginProof{.seen = path + " could not be shown to a visitor: " + shown_as(other),
                           .cookies = {}};
    seen.user.push_back(std::move(own));
    seen.visitor.push_back(std::move(other));
  }
  co_return judge(seen, path, account_names(context));
}

// A page that answers the form itself, without the form, and speaks of a refusal.
bool speaks_of_refusal(const SentForm& sent) {
  static const text::Pattern failed = *text::Pattern::parse("^(?:fail(?:s|ed|ure)?|errors?)$");
  if (sent.to || !sent.landed.ok()) return false;
  const Words words = text::words_of_page(sent.landed.response.body);
  return has_word(words, failed) || has_word(words, sure_refusal_words());
}

// Whether no cookie that may be a session's is new or has another value since the form was sent.
// Messages for the next page travel in cookies as well.
bool keeps_session(const SentForm& sent) {
  static const text::Pattern message =
      *text::Pattern::parse("(?i)flash|message|msg|notice|error|alert|csrf|xsrf|lang|locale");
  return std::ranges::all_of(sent.after.changed_since(sent.before),
                             [](const std::string& name) { return message.found_in(name); });
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

asio::awaitable<std::expected<LoginProof, Failure>> prove_login(Context& context,
                                                                const net::ConnectionOptions& line,
                                                                const SentForm& sent) {
  LoginProof proof{.seen = {}, .cookies = sent.now};
  if (leads_nowhere(sent)) {
    proof.seen = "the answer leads to an error, a captcha or a second factor";
    proof.refused = true;
    co_return proof;
  }
  proof.refused = speaks_of_refusal(sent);
  // A session that the login did not renew is that of the user now, so a visitor has none.
  Visitor user{sent.now}, visitor{keeps_session(sent) ? Cookies() : sent.before};
  for (const net::Request& page : pages_of(sent)) {
    auto comparing = compare(context, line, page, sent.entries, user, visitor);
    auto compared = co_await std::move(comparing);
    if (!compared) co_return std::unexpected(std::move(compared.error()));
    proof.seen += (proof.seen.empty() ? "" : ", and ") + compared->seen;
    proof.kind = compared->kind;
    proof.refused |= compared->refused;
    if (proof.kind == Kind::none) continue;
    proof.seen = std::move(compared->seen);
    break;
  }
  if (proof.kind == Kind::none && sent.to && !sent.landed.ok() &&
      has_new_cookie(sent, user, visitor)) {
    proof.kind = Kind::unproven;
    proof.seen += ", and only the login gives a cookie";
  }
  const bool undecided =
      proof.kind == Kind::unproven || (proof.kind == Kind::none && !proof.refused);
  if (undecided && leads_to_error(sent)) {
    proof.kind = Kind::none;
    proof.refused = true;
    proof.seen = "the answer leads to an error: " +
                 std::string(own_part(sent.to ? sent.to->target : sent.landing.url.target,
                                      sent.page.target));
  }
  proof.cookies = std::move(user.cookies);
  co_return proof;
}

}  // namespace sonde::auth
