#include "probes/session/secret_trial.hpp"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

#include "probes/auth/ask.hpp"
#include "probes/auth/counted_exchange.hpp"
#include "probes/core/deadline.hpp"
#include "probes/dialect/sent_needs.hpp"
#include "probes/session/log_in.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

// A session that was opened less than that ago may have been refused without our knowledge.
constexpr Span new_for = std::chrono::seconds(1);

text::Needs request_needs(const Socket& socket) {
  text::Needs needs;
  add_needs(socket.url, needs);
  needs.add_headers(socket.headers);
  for (const auto& offered : socket.subprotocols) needs.add(offered);
  if (socket.token_in.in == TokenPlacement::In::none) return needs;
  if (socket.token_in.in != TokenPlacement::In::subprotocol) needs.add(socket.token_in.text);
  for (const auto& offered : socket.token_in.subprotocols) needs.add(offered);
  return needs;
}

}  // namespace

SecretIn secret_in(const text::Needs& request, const ProbeContext& site) {
  return site.shows_secret(request) ? SecretIn::request : SecretIn::nothing;
}

SecretIn secret_in(const SessionSettings& settings, const ProbeContext& site) {
  if (!site.may_show_secret()) return SecretIn::nothing;
  if (site.shows_secret(request_needs(settings.socket))) return SecretIn::request;
  return site.shows_secret(dialect::sent_needs(*settings.dialect).session) ? SecretIn::frames
                                                                           : SecretIn::nothing;
}

bool shows_in_requests(const dialect::Dialect& dialect, const ProbeContext& site) {
  return site.may_show_secret() && site.shows_secret(dialect::sent_needs(dialect).requests);
}

namespace {

using Place = SecretTrial::Place;

bool refuses(const Place& place, const net::Answer& answer) {
  return place.in == SecretIn::request && may_refuse_request(answer, place.rules);
}

void count(const Place& place, const net::Answer& answer, auth::LoginGuard::Trial& trial) {
  auth::leave_alone(*place.guard, answer.response, place.quiet_max, Clock::now());
  if (refuses(place, answer)) trial.refuse();
}

auth::JudgeAnswer judge_at(const Place& place) {
  return [place](const net::Answer& answer, auth::LoginGuard::Trial& trial) {
    count(place, answer, trial);
  };
}

auth::Context context_of(SecretUse use) {
  return {.network = use.shared.network,
          .token_cache = use.shared.token_cache,
          .account = use.site.account,
          .names = use.names,
          .trace = use.trace};
}

net::Answer cut_answer() { return {.response = {}, .failure = cut_failure()}; }

}  // namespace

asio::awaitable<net::Answer> SecretTrial::fetch(const net::Request& request,
                                                const net::ConnectionOptions& line,
                                                const net::Redirects& redirects, SecretUse use) {
  if (!place_.guard) {
    auto fetching = net::fetch(use.shared.network, request, line, redirects, use.trace);
    net::Answer answer = co_await std::move(fetching);
    co_return answer;
  }
  auth::Context context = context_of(use);
  place_.rules.posts = request.method != "GET" && request.method != "HEAD";
  auto sending = auth::fetch_counted(context, trial_, request, line, redirects, judge_at(place_));
  auto answer = co_await std::move(sending);
  if (!answer) co_return cut_answer();
  status_ = answer->response.status;
  refused_ = refuses(place_, *answer);
  co_return *std::move(answer);
}

asio::awaitable<net::Upgraded> SecretTrial::upgrade(const net::UpgradeRequest& request,
                                                    const net::ConnectionOptions& line,
                                                    SecretUse use) {
  if (!place_.guard) {
    auto upgrading = net::upgrade(use.shared.network, request, line, use.trace);
    net::Upgraded upgraded = co_await std::move(upgrading);
    co_return upgraded;
  }
  auth::Context context = context_of(use);
  place_.rules.is_upgrade = true;
  auto sending = auth::upgrade_counted(context, trial_, request, line, judge_at(place_));
  auto upgraded = co_await std::move(sending);
  if (!upgraded) co_return net::Upgraded{.session = std::nullopt, .answer = cut_answer()};
  opened_ = upgraded->session.has_value();
  status_ = upgraded->answer.response.status;
  if (opened_)
    upgraded->session->use_line(line);
  else
    refused_ = refuses(place_, upgraded->answer);
  co_return *std::move(upgraded);
}

void SecretTrial::answered(Reason reason, int status) {
  if (!place_.guard || std::exchange(over_, true)) return;
  if (status != 0) {
    net::Answer seen;
    seen.response.status = status_ = status;
    refused_ = refuses(place_, seen);
  }
  const bool is_said = opened_ || (place_.in == SecretIn::request && status_ / 100 == 2);
  refused_ |= is_said && may_refuse_after_all(reason);
  // A probe may expect a 4xx, which accepts nothing.
  if (refused_)
    trial_.refuse();
  else if (reason == Reason::ok && status_ / 100 != 4)
    trial_.accept();
  trial_.end();
}

std::shared_ptr<SecretTrial> SecretTrial::opened(SecretTrial trial,
                                                 const asio::any_io_executor& executor,
                                                 bool holds) {
  auto shared = std::make_shared<SecretTrial>(std::move(trial));
  shared->over_ = shared->is_open_ = true;
  shared->opened_at_ = Clock::now();
  if (!holds) shared->trial_.end();
  if (!holds) return shared;
  auto limit = std::make_shared<asio::steady_timer>(executor, shared->opened_at_ + refusal_max);
  limit->async_wait([weak = std::weak_ptr(shared)](boost::system::error_code cancelled) {
    const auto open = cancelled ? nullptr : weak.lock();
    if (open) open->trial_.end();
  });
  shared->limit_ = std::move(limit);
  return shared;
}

void SecretTrial::accepted_after_all() {
  if (!place_.guard || !std::exchange(is_open_, false)) return;
  limit_.reset();
  if (!trial_.counts()) return place_.guard->accepted_late(place_.question.key(), Clock::now());
  trial_.accept();
  trial_.end();
}

void SecretTrial::refused_after_all() {
  if (!place_.guard || !std::exchange(is_open_, false)) return;
  limit_.reset();
  if (!trial_.counts())
    return place_.guard->refused_late(place_.mark, place_.question.key(), Clock::now());
  trial_.refuse();
  trial_.end();
}

SecretTrial::~SecretTrial() {
  if (is_open_ && trial_.counts() && Clock::now() - opened_at_ < new_for) trial_.count_unknown();
}

std::optional<Failure> held_back(SecretUse use) {
  const Instant now = Clock::now();
  auth::TokenCache& token_cache = use.shared.token_cache;
  const std::uint16_t mark = mark_of(use.site.login.get(), use.site, use.names, token_cache);
  const auto guard = token_cache.guard(use.site.secret_owner, now);
  return guard->held(use.site.secret_lockout, now, mark);
}

asio::awaitable<std::expected<SecretTrial, Failure>> begin_secret_trial(SecretIn in,
                                                                        Question question,
                                                                        SecretUse use) {
  SecretTrial shown;
  if (in == SecretIn::nothing) co_return shown;
  const Instant came = Clock::now();
  const ProbeContext& site = use.site;
  auth::TokenCache& token_cache = use.shared.token_cache;
  const auto guard = token_cache.guard(site.secret_owner, came);
  const std::uint16_t mark = mark_of(site.login.get(), site, use.names, token_cache);
  auth::Showing what{.mark = mark, .question = question.key(), .waited = &use.trace.waited};
  auto beginning = guard->begin(site.secret_lockout, std::move(what));
  auto trial = co_await std::move(beginning);
  if (!trial && trial.error().reason == Reason::cut)
    if (auto ours = stood_in_line(use.trace, Clock::now()))
      co_return std::unexpected(*std::move(ours));
  if (!trial) co_return std::unexpected(std::move(trial.error()));
  shown.trial_ = *std::move(trial);
  shown.place_ = {.in = in,
                  .question = std::move(question),
                  .guard = guard,
                  .mark = mark,
                  .quiet_max = quiet_max(site)};
  co_return shown;
}

namespace {

void leave_alone(const Exchange& exchange, SecretUse use) {
  net::Response response;
  response.status = exchange.status;
  response.headers = exchange.received;
  const Instant now = Clock::now();
  const auto guard = use.shared.token_cache.guard(use.site.secret_owner, now);
  auth::leave_alone(*guard, response, quiet_max(use.site), now);
}

asio::awaitable<Verdict> converse_counted(net::Websocket& session,
                                          const dialect::ChatExchange& turn, const Socket& socket,
                                          SecretUse use, dialect::OwnRuns* own_runs) {
  auto beginning = begin_secret_trial(SecretIn::request,
                                      Question::of_requests(socket, *turn.dialect, use.site), use);
  auto trial = co_await std::move(beginning);
  if (!trial) co_return Verdict::of(Step::events, std::move(trial.error()));
  const auto& exchanges = use.trace.exchanges();
  const std::size_t before = exchanges.size();
  auto conversing = dialect::converse(session, turn, use.names, use.trace, own_runs);
  Verdict verdict = co_await std::move(conversing);
  const int status = exchanges.size() > before ? exchanges.back().status : 0;
  if (status == 0) co_return verdict;
  leave_alone(exchanges.back(), use);
  trial->answered(status / 100 == 2 ? Reason::ok : Reason::send_failed, status);
  co_return verdict;
}

}  // namespace

asio::awaitable<Verdict> converse(net::Websocket& session, const dialect::ChatExchange& turn,
                                  const Socket& socket, SecretUse use, dialect::OwnRuns* own_runs) {
  const bool shows = shows_in_requests(*turn.dialect, use.site);
  if (!shows) return dialect::converse(session, turn, use.names, use.trace, own_runs);
  return converse_counted(session, turn, socket, use, own_runs);
}

}  // namespace sonde::session
