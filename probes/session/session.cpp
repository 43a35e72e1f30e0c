#include "probes/session/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/dialect/dialect_use.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/dialect/ready.hpp"
#include "probes/net/origins.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/discover.hpp"
#include "probes/session/log_in.hpp"
#include "probes/session/refusal.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

constexpr Span closing_max = std::chrono::seconds(1);
constexpr std::uint16_t normal_closure = 1000;  // RFC 6455 section 7.4.1

std::optional<Failure> check_subprotocol(const Socket& socket, const net::Websocket& session,
                                         text::Names& names) {
  const auto expected = expected_subprotocol(socket, names);
  if (!expected) return expected.error();
  const std::string& wanted = *expected;
  if (wanted.empty() || session.subprotocol() == wanted) return std::nullopt;
  const std::string got =
      session.subprotocol().empty() ? "none" : "\"" + session.subprotocol() + "\"";
  return Failure{Reason::subprotocol_mismatch,
                 "the server selected " + got + ", wanted \"" + wanted + "\""};
}

// Why there is no session; the server's refusal if it answered.
Failure explain(const net::Upgraded& upgraded, const Trace& trace) {
  if (!upgraded.answer.ok()) return upgraded.answer.failure;
  Failure failure = explain_refusal(upgraded.answer.response);
  failure.detail = trace.scrub(failure.detail);
  return failure;
}

asio::awaitable<std::expected<net::Websocket, Failure>> upgrade_session(
    const Socket& socket, const net::UpgradeRequest& request, SecretTrial& trial, SecretUse use) {
  auto upgrading = trial.upgrade(request, socket.line, use);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (!upgraded.session) co_return std::unexpected(explain(upgraded, use.trace));
  if (auto wrong = check_subprotocol(socket, *upgraded.session, use.names))
    co_return std::unexpected(*wrong);
  co_return std::move(*upgraded.session);
}

Opened failed(Step step, Failure failure) {
  return {.session = std::nullopt, .failure = Verdict::of(step, std::move(failure))};
}

// The front end uses another address, so the run fails with that, whatever else happens there.
Opened drifted(Failure drift, const Opened& there) {
  drift.detail += "; there the session is ";
  drift.detail += there.failure
                      ? std::string(name(there.failure->reason)) + ", " + there.failure->detail
                      : std::string("ready");
  return failed(Step::upgrade, std::move(drift));
}

// For an address outside the target's origins: an upgrade without credentials, and nothing after
// it.
asio::awaitable<Opened> look_elsewhere(Failure drift, const net::UpgradeRequest& request,
                                       const SessionSettings& settings, net::Network& network,
                                       Trace& trace) {
  trace.open(Phase::upgrade);
  auto upgrading = net::upgrade(network, request, settings.socket.line, trace);
  net::Upgraded upgraded = co_await std::move(upgrading);
  if (upgraded.answer.failure.reason == Reason::cut)
    co_return failed(Step::upgrade, upgraded.answer.failure);
  trace.close(Phase::upgrade);
  drift.detail += "; there the upgrade is ";
  if (upgraded.session) {
    auto leaving = leave_session(*upgraded.session, trace);
    co_await std::move(leaving);
    drift.detail += "accepted without them";
  } else {
    const Failure why = explain(upgraded, trace);
    drift.detail += std::string(name(why.reason)) + ", " + why.detail;
  }
  co_return failed(Step::upgrade, std::move(drift));
}

bool is_refusal_of_token(Reason reason) {
  using enum Reason;
  return reason == unauthorized || reason == forbidden || reason == forbidden_or_no_route ||
         reason == login_redirect || reason == auth_rejected_after_accept;
}

// Why the upgrade carried none of the cookies that the login left, if that is so.
std::string withheld_cookies(const Socket& socket, const auth::Token& token, text::Names& names) {
  const auto used = socket.token_in.text.names();
  const std::string* sent = names.find("cookies");
  const bool wanted = socket.token_in.in == TokenPlacement::In::cookie &&
                      std::ranges::find(used, "cookies") != used.end();
  const auto url = address_of(socket.url, names);
  if (!wanted || !url || token.cookies.empty() || (sent != nullptr && !sent->empty())) return "";
  const auth::Cookie& cookie = token.cookies.all().front();
  const std::string why = auth::why_withheld(cookie, *url);
  return why.empty() ? "" : "; none of the login's cookies goes there: " + cookie.name + ", " + why;
}

Failure elsewhere(std::optional<Failure> drift, const net::Url& url) {
  const std::string before = drift ? drift->detail + "; " : "";
  return {Reason::endpoint_drift, before + net::no_own_origin(url)};
}

// Opens the session after the login; `token` is its result, empty if none is needed.
asio::awaitable<Opened> open_with(const SessionSettings& settings, const ProbeContext& site,
                                  const auth::Token& token, Shared& shared, text::Names& names,
                                  Trace& trace) {
  const bool with_token = needs_token(settings);
  std::optional<Failure> drift;
  if (settings.socket.url.discover) {
    auto discovering =
        discover(settings.socket.url, shared.network, settings.socket.line, names, trace);
    auto discovered = co_await std::move(discovering);
    if (!discovered) co_return failed(Step::upgrade, discovered.error());
    drift = std::move(discovered->drift);
  }
  trace.at(Step::upgrade);
  const bool with_secrets =
      with_token || site.has_secrets() || carries_credentials(settings.socket);
  const auto url = address_of(settings.socket.url, names);
  if (with_secrets && url && !is_own(*url, settings.socket.url, names)) {
    // Its path and query may be made of secrets even if no template uses them.
    if (!settings.socket.url.discover)
      co_return failed(Step::upgrade, elsewhere(std::move(drift), *url));
    const auto request = build_bare_upgrade(settings.socket, names);
    if (!request) co_return failed(Step::upgrade, request.error());
    auto looking = look_elsewhere(elsewhere(std::move(drift), *url), *request, settings,
                                  shared.network, trace);
    Opened opened = co_await std::move(looking);
    co_return opened;
  }
  if (auto lacking = lacks_cookies(settings.socket, token); with_token && lacking)
    co_return failed(Step::login, *std::move(lacking));
  if (with_token) {
    if (site.needs_cookies()) offer_cookies(token, settings.socket, names);
  }
  auto request = build_upgrade(settings.socket, TokenUse::valid, names);
  if (!request) co_return failed(Step::upgrade, request.error());
  auto opening = open_socket(*request, settings, site, shared, names, trace);
  Opened opened = co_await std::move(opening);
  const bool held = opened.failure && opened.failure->reason == Reason::suppressed;
  if (with_token && !held) trace.auth_begun(Step::upgrade);
  if (with_token && opened.session) trace.auth_succeeded(Step::upgrade);
  if (opened.failure && is_refusal_of_token(opened.failure->reason))
    opened.failure->detail += withheld_cookies(settings.socket, token, names);
  if (drift) co_return drifted(*std::move(drift), opened);
  co_return opened;
}

}  // namespace

std::optional<Failure> lacks_cookies(const Socket& socket, const auth::Token& token) {
  const auto names = socket.token_in.text.names();
  const bool wanted = std::ranges::find(names, "cookies") != names.end();
  if (socket.token_in.in != TokenPlacement::In::cookie || !wanted || !token.cookies.empty())
    return std::nullopt;
  std::string dropped;
  for (const auto& [name, why] : token.cookies.dropped_since({}))
    dropped += fmt::format("; the cookie {} is not kept: {}", name, why);
  return Failure{Reason::token_missing,
                 "the login left no cookie for the socket" + dropped +
                     "; where the page itself makes one, write token_in: { cookie: "
                     "\"NAME={{token}}\" }"};
}

void offer_cookies(const auth::Token& token, const Socket& socket, text::Names& names) {
  const auto url = address_of(socket.url, names);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  net::Origins own = net::Origins::of(names);
  // an upgrade to an address that is not the target's own carries no credentials
  if (url) own.add(*url);
  std::string cookies = url ? token.cookies.header(*url, now, own) : "";
  names.set("cookies", std::move(cookies));
}

void reconsider_token(const SessionSettings& settings, const ProbeContext& site, Shared& shared,
                      std::string_view used, const std::optional<Verdict>& failure,
                      const Trace& trace) {
  if (!needs_token(settings)) return;
  auth::CachedLogin& cached = shared.token_cache.cached(site.account, Clock::now());
  if (!cached.token || cached.token->value != used) return;  // it was replaced meanwhile
  const bool refused = (failure && is_refusal_of_token(failure->reason)) ||
                       dialect::refuses(trace.ending(), settings.dialect->refusal_codes);
  if (refused || (failure && !cached.proven))
    cached.token.reset();
  else if (!failure)
    cached.proven = true;
}

asio::awaitable<Opened> open_session(const SessionSettings& settings, const ProbeContext& site,
                                     Shared& shared, text::Names& names, Trace& trace) {
  auth::Token token;
  if (needs_token(settings)) {
    auto logging_in = log_in(site, shared, names, trace, settings.reuse.share);
    auto logged_in = co_await std::move(logging_in);
    if (!logged_in) co_return failed(Step::login, logged_in.error());
    token = std::move(*logged_in);
  }
  auto opening = open_with(settings, site, token, shared, names, trace);
  Opened opened = co_await std::move(opening);
  reconsider_token(settings, site, shared, token.value, opened.failure, trace);
  // The server named the user.
  const dialect::Ready& ready = settings.socket.ready;
  if (opened.session && ready.identity.equals && !ready.silent) prove_login(site, shared, trace);
  co_return opened;
}

namespace {

// Whether the user wrote that sessions that end so, or that are silent for so long, are refused.
bool is_refusal(const dialect::RefusedBy& refused_by, Reason reason, const Trace& trace,
                const dialect::Dialect& dialect) {
  if (reason == Reason::no_ready) return refused_by.silence > Span{};
  return dialect::refuses(refused_by, trace.ending(), dialect);
}

// Whether the server says that a session is ready.
bool says_ready(const SessionSettings& settings) {
  const dialect::Ready& ready = settings.socket.ready;
  return !ready.type.empty() || !ready.json.empty() || ready.identity.at ||
         dialect::acknowledges(*settings.dialect);
}

// Upgrade and ready.
asio::awaitable<Opened> upgrade_and_greet(const net::UpgradeRequest& request,
                                          const SessionSettings& settings, SecretTrial& trial,
                                          SecretUse use) {
  text::Names& names = use.names;
  Trace& trace = use.trace;
  // Set again for each session, because the token may be a different one.
  const auto set = dialect::set_vars(*settings.dialect, names, true);
  if (!set) co_return failed(Step::upgrade, set.error());
  dialect::hide_made(*settings.dialect, false, names, trace);
  trace.open(Phase::upgrade);
  auto upgrading = upgrade_session(settings.socket, request, trial, use);
  auto session = co_await std::move(upgrading);
  if (!session) co_return failed(Step::upgrade, session.error());
  trace.close(Phase::upgrade);
  trace.reachable = true;
  trace.at(Step::ready);
  const auto& refusal = settings.socket.refused_by.frame;
  auto waiting = dialect::await_ready(*session, settings.socket.ready, *settings.dialect, names,
                                      trace, refusal ? &*refusal : nullptr);
  auto wrong = co_await std::move(waiting);
  if (!wrong && says_ready(settings)) wrong = refused_at_once(*session, settings, trace);
  if (wrong) co_return failed(Step::ready, std::move(*wrong));
  Opened opened{.session = std::move(*session), .failure = std::nullopt};
  co_return opened;
}

}  // namespace

asio::awaitable<Opened> open_socket(const net::UpgradeRequest& request,
                                    const SessionSettings& settings, const ProbeContext& site,
                                    Shared& shared, text::Names& names, Trace& trace) {
  Question usual = Question::of_session(settings.socket, *settings.dialect, site);
  auto opening = open_socket(std::move(usual), request, settings, site, shared, names, trace);
  Opened opened = co_await std::move(opening);
  co_return opened;
}

asio::awaitable<Opened> open_socket(Question question, const net::UpgradeRequest& request,
                                    const SessionSettings& settings, const ProbeContext& site,
                                    Shared& shared, text::Names& names, Trace& trace) {
  trace.at(Step::upgrade);
  const SecretIn in = secret_in(settings, site);
  // A session whose requests may not be made is not opened.
  const bool shows_later = shows_in_requests(*settings.dialect, site);
  if (auto held = shows_later ? held_back({site, shared, names, trace}) : std::nullopt)
    co_return failed(Step::upgrade, *std::move(held));
  auto beginning = begin_secret_trial(in, std::move(question), {site, shared, names, trace});
  auto trial = co_await std::move(beginning);
  if (!trial) co_return failed(Step::upgrade, std::move(trial.error()));
  const dialect::RefusedBy& refused_by = settings.socket.refused_by;
  trial->refused_by(refused_by.status);
  auto opening = upgrade_and_greet(request, settings, *trial, {site, shared, names, trace});
  Opened opened = co_await std::move(opening);
  if (in != SecretIn::nothing && opened.session) {
    if (says_ready(settings)) opened.shown.ready_at = Clock::now();
    opened.shown.trial =
        SecretTrial::opened(*std::move(trial), shared.network.executor(), !shows_later);
    co_return opened;
  }
  Reason reason = opened.failure ? opened.failure->reason : Reason::ok;
  const bool in_session = opened.failure && opened.failure->step == Step::ready;
  if (in_session && is_refusal(refused_by, reason, trace, *settings.dialect))
    reason = Reason::auth_rejected_after_accept;
  trial->answered(reason);
  co_return opened;
}

asio::awaitable<void> leave_session(net::Websocket& session, Trace& trace) {
  if (session.ended()) {
    trace.ended(*session.ended());
    co_return;
  }
  trace.enter(Phase::close);
  auto closing = session.close(normal_closure, Clock::now() + closing_max);
  co_await std::move(closing);
  trace.leave();
  if (session.ended()) trace.ended(*session.ended());
}

const config::Section<SessionSettings>& section_of(const SessionSettings*) {
  using S = SessionSettings;
  static const auto keys =
      config::Section<S>()
          .key("socket", &S::socket_name,
               "Which of the sockets it uses; keys of a socket may stand in the probe itself.")
          .also(&S::socket, config::section<Socket>())
          .key("reuse", &S::reuse,
               "The share of a token's life in which it is used again instead of a new login, if "
               "its life is known; login probes always log in afresh. 0%: never.")
          .key("dialect", &S::dialect_name,
               "The chat protocol that is spoken: a name of `dialects:`, or a built-in one.");
  return keys;
}

void add_needs(const SessionSettings& settings, text::Needs& needs) {
  add_needs(settings.socket, needs);
  const text::Needs& spoken = settings.dialect->needs;
  needs.all.insert(needs.all.end(), spoken.all.begin(), spoken.all.end());
  needs.urls.insert(needs.urls.end(), spoken.urls.begin(), spoken.urls.end());
  if (settings.socket.token_in.in != TokenPlacement::In::none) needs.all.push_back({"token", {}});
}

bool needs_token(const SessionSettings& settings) {
  return settings.socket.token_in.in != TokenPlacement::In::none ||
         dialect::needs_token(*settings.dialect);
}

}  // namespace sonde::session
