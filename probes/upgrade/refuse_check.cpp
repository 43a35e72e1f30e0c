#include "probes/upgrade/refuse_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/core/pause.hpp"
#include "probes/diagnosis/observation.hpp"
#include "probes/dialect/await_rejection.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/refusal.hpp"
#include "probes/upgrade/refuse_password.hpp"
#include "probes/upgrade/refuse_secret.hpp"
#include "probes/upgrade/refuse_token.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

constexpr std::string_view foreign =
    "https://sonde.invalid";  // a name that cannot exist (RFC 2606)

void come_from_elsewhere(net::UpgradeRequest& request) {
  std::erase_if(request.headers,
                [](const auto& header) { return net::same_word(header.first, "Origin"); });
  request.headers.emplace_back("Origin", foreign);
}

void carry_elsewhere(net::UpgradeRequest& request, session::TokenPlacement::In usual,
                     const std::string& token) {
  if (usual == session::TokenPlacement::In::query) {
    request.headers.emplace_back("Authorization", "Bearer " + token);
  } else {
    request.url.target +=
        (request.url.target.contains('?') ? "&" : "?") + ("token=" + text::percent_encode(token));
  }
}

std::expected<net::UpgradeRequest, Failure> build(RefusalCheck check, const session::Socket& socket,
                                                  text::Names& names) {
  const bool bare = check == RefusalCheck::no_token || check == RefusalCheck::wrong_place;
  const std::string token = names.find("token") != nullptr ? *names.find("token") : "";
  auto request =
      build_upgrade(socket, bare ? session::TokenUse::none : session::TokenUse::valid, names);
  if (request && check == RefusalCheck::foreign_origin) come_from_elsewhere(*request);
  if (request && check == RefusalCheck::wrong_place)
    carry_elsewhere(*request, socket.token_in.in, token);
  if (bare) use_token(session::TokenUse::none, names);
  return request;
}

// Whether the upgrade, or a message after it, contains what the check replaces; after a logout,
// whether it contains any value of a login.
bool shows(RefusalCheck check, const net::UpgradeRequest& bad, const RefusalSubject& subject) {
  if (session::says_login(subject.session.dialect->needs)) return true;
  const bool gone = check == RefusalCheck::logged_out;
  text::Names names = subject.names;
  const auto other = build_upgrade(
      subject.session.socket, gone ? session::TokenUse::none : session::TokenUse::valid, names);
  return !other || other->url.text() != bad.url.text() || other->headers != bad.headers ||
         other->subprotocols != bad.subprotocols;
}

Checked without_login(RefusalCheck check, const Failure& failure, const Trace& trace) {
  const std::string why = trace.scrub(failure.detail);
  if (failure.reason == Reason::ok) return {.not_performed = why};
  return {.wrong = with_check(check, failure.reason, why), .not_performed = why};
}

std::size_t path_size(const net::UpgradeRequest& request) {
  return std::min(request.url.target.find('?'), request.url.target.size());
}

// The upgrade at the path that the valid login gives, if it differs: that path may name the user,
// and a request without a user may be refused for that alone.
std::optional<net::UpgradeRequest> at_good_path(RefusalCheck check, const net::UpgradeRequest& bad,
                                                const RefusalSubject& subject) {
  if (check != RefusalCheck::no_token && check != RefusalCheck::garbage_token) return std::nullopt;
  text::Names names = subject.names;
  const auto good = build_upgrade(subject.session.socket, session::TokenUse::valid, names);
  if (!good) return std::nullopt;
  net::UpgradeRequest there = bad;
  there.url.target.replace(0, path_size(bad), good->url.target, 0, path_size(*good));
  return there.url.target == bad.url.target ? std::nullopt : std::optional(std::move(there));
}

// Whether a text shows the token itself, and not only who the user is.
bool shows_token(const text::Template& text, const text::Names& names, const std::string& token) {
  return std::ranges::any_of(text.names(), [&](const std::string& name) {
    const std::string* value = names.find(name);
    return name == "token" || name == "cookies" || name == "refresh_token" ||
           (!token.empty() && value != nullptr && *value == token);
  });
}

// The good upgrade without its token, and with everything else that the login gives.
std::expected<net::UpgradeRequest, Failure> without_token(const RefusalSubject& subject) {
  session::Socket socket = subject.session.socket;
  text::Names names = subject.names;
  const std::string token = names.find("token") != nullptr ? *names.find("token") : "";
  const auto shown = [&](const text::Template& text) { return shows_token(text, names, token); };
  std::erase_if(socket.token_in.subprotocols, shown);
  std::erase_if(socket.subprotocols, shown);
  std::erase_if(socket.headers, [&](const auto& header) { return shown(header.second); });
  if (socket.token_in.in != session::TokenPlacement::In::subprotocol)
    socket.token_in.in = session::TokenPlacement::In::none;
  session::use_token("", names);
  return build_upgrade(socket, session::TokenUse::valid, names);
}

// The token in another place, and everything else that the login gives in its own, for a path may
// name the user. Nothing: that makes no difference, or whoever is welcomed so needs no token, so
// that something else of the login is what lets in.
asio::awaitable<std::optional<Checked>> try_other_place(const net::UpgradeRequest& bare,
                                                        const RefusalSubject& subject,
                                                        text::Names& names) {
  constexpr RefusalCheck check = RefusalCheck::wrong_place;
  const auto nothing = without_token(subject);
  const std::string* token = subject.names.find("token");
  if (!nothing || token == nullptr) co_return std::nullopt;
  net::UpgradeRequest there = *nothing;
  carry_elsewhere(there, subject.session.socket.token_in.in, *token);
  if (there.url.target == bare.url.target && there.headers == bare.headers &&
      there.subprotocols == bare.subprotocols)
    co_return std::nullopt;
  auto upgrading = upgrade_as(check, std::move(there), subject, names);
  Checked checked = co_await std::move(upgrading);
  if (!checked.wrong || checked.wrong->reason != Reason::auth_fail_open) co_return checked;
  auto comparing = upgrade_as(check, *nothing, subject, names);
  const Checked compared = co_await std::move(comparing);
  const bool welcomed = compared.wrong && compared.wrong->reason == Reason::auth_fail_open;
  co_return welcomed ? std::nullopt : std::optional(std::move(checked));
}

// Who is welcomed at the user's path may have shown a ticket in it, so that one is replaced then.
asio::awaitable<Checked> try_login(RefusalCheck check, const RefusalSubject& subject,
                                   text::Names& names) {
  auto request = build(check, subject.session.socket, names);
  if (!request) co_return Checked{.wrong = request.error()};
  if (!shows(check, *request, subject))
    co_return without_login(
        check, {Reason::refusal_unclear, "the upgrade carries nothing of what the check replaces"},
        subject.trace);
  Checked checked;
  if (check == RefusalCheck::wrong_place) {
    auto elsewhere = try_other_place(*request, subject, names);
    auto tried = co_await std::move(elsewhere);
    if (tried) co_return *std::move(tried);
  }
  if (auto there = at_good_path(check, *request, subject)) {
    auto upgrading = upgrade_as(check, *std::move(there), subject, names);
    checked = co_await std::move(upgrading);
    if (!checked.wrong || checked.wrong->reason != Reason::auth_fail_open) co_return checked;
  }
  auto upgrading = upgrade_as(check, *std::move(request), subject, names);
  checked = co_await std::move(upgrading);
  co_return checked;
}

// A login may stay valid for a moment after its logout, until every part of the target knows. While
// it is accepted, the check is repeated until then.
asio::awaitable<Checked> try_until(RefusalCheck check, const RefusalSubject& subject,
                                   const text::Names& names, Instant until) {
  constexpr Span between = std::chrono::seconds(1);
  while (true) {
    text::Names bad = names;
    auto trying = try_login(check, subject, bad);
    Checked checked = co_await std::move(trying);
    const bool welcomed = checked.wrong && checked.wrong->reason == Reason::auth_fail_open;
    const Instant now = Clock::now();
    if (!welcomed || now >= until) co_return checked;
    auto waiting = pause(std::min(between, until - now));
    const bool goes_on = co_await std::move(waiting);
    if (goes_on) continue;
    checked.wrong = with_check(check, Reason::refusal_unclear,
                               "still welcome when the deadline of the run came, and before the "
                               "token has to be refused");
    co_return checked;
  }
}

// With a separate trace, whose phases are not part of the run's.
asio::awaitable<Control> open_good(const RefusalSubject& subject, Trace& aside) {
  text::Names names = subject.names;
  const auto request = build_upgrade(subject.session.socket, session::TokenUse::valid, names);
  if (!request) co_return Control{.failure = request.error()};
  auto opening = open_socket(*request, subject.session, subject.site, subject.shared, names, aside);
  session::Opened opened = co_await std::move(opening);
  Control control;
  Verdict verdict = opened.failure ? *opened.failure : Verdict::pass();
  if (opened.session) {
    auto leaving = session::leave_unused(opened, subject.session, names, aside);
    verdict = co_await std::move(leaving);
  }
  if (verdict.outcome == Outcome::pass) co_return control;
  control.seen = diagnosis::observe(verdict, aside);
  control.failure = Failure{verdict.reason, verdict.detail};
  co_return control;
}

// Any check but wrong_password.
asio::awaitable<Checked> check_upgrade(RefusalCheck check, const RefusalSubject& subject) {
  BadLogin bad{.names = subject.names};
  if (check != RefusalCheck::no_token && !shows_good_token(check)) {
    auto making = bad_login(check, subject);
    auto made = co_await std::move(making);
    if (!made) co_return without_login(check, made.error(), subject.trace);
    bad = *std::move(made);
  }
  const bool gone = check == RefusalCheck::logged_out;
  const Span within = gone ? subject.settings.logout->within.value_or(Span{}) : Span{};
  auto trying = try_until(check, subject, bad.names, Clock::now() + within);
  Checked checked = co_await std::move(trying);
  if (checked.wrong && !bad.what.empty()) checked.wrong->detail += " (" + bad.what + ")";
  if (!checked.wrong) checked.not_performed = std::move(bad.stands_in);
  co_return checked;
}

}  // namespace

asio::awaitable<Checked> check_one(RefusalCheck check, const RefusalSubject& subject) {
  if (check == RefusalCheck::wrong_password) {
    auto checking = check_password(subject);
    Checked checked = co_await std::move(checking);
    co_return checked;
  }
  std::optional<auth::LoginGuard::WrongPassword> alone;
  if (shows_wrong_secret(check, subject.site)) {
    auto claiming = claim_wrong_secret(subject.site.secret_owner, subject);
    auto claimed = co_await std::move(claiming);
    if (!claimed) co_return std::move(claimed.error());
    alone.emplace(*std::move(claimed));
  }
  auto checking = check_upgrade(check, subject);
  Checked checked = co_await std::move(checking);
  if (!alone) co_return checked;
  auto showing = show_right_secret(check, subject, std::move(checked));
  checked = co_await std::move(showing);
  co_return checked;
}

asio::awaitable<Control> try_control(const RefusalSubject& subject) {
  Trace aside = subject.trace.aside();
  auto opening = open_good(subject, aside);
  Control control = co_await std::move(opening);
  subject.trace.hide_too(aside);
  for (const Exchange& exchange : aside.exchanges()) subject.trace.exchange(exchange);
  if (control.failure) control.failure->detail = subject.trace.scrub(control.failure->detail);
  co_return control;
}

}  // namespace sonde::upgrade
