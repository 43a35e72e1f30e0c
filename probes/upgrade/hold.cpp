#include "probes/upgrade/hold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/auth/token.hpp"
#include "probes/core/deadline.hpp"
#include "probes/dialect/listener.hpp"
#include "probes/net/reach.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

constexpr Span pong_min = std::chrono::seconds(1), pong_max = std::chrono::seconds(10);
constexpr Span accepting_max = std::chrono::seconds(3);
constexpr Instant never = Instant::max();

// By our monotonic clock; the claims say it by the wall clock. Where they and the login differ, the
// later one.
std::optional<Instant> expiry_of(const text::Names& names, const Trace& trace,
                                 std::optional<Instant> said) {
  const std::string* token = names.find("token");
  const auto claims = auth::read_claims(token != nullptr ? *token : "");
  if (!claims || !claims->expires) return said;
  const auto now = std::chrono::system_clock::now() + trace.skew.value_or(Span::zero());
  const auto left = std::chrono::sys_seconds(std::chrono::seconds(*claims->expires)) - now;
  const Instant claimed = Clock::now() + std::chrono::duration_cast<Span>(left);
  return std::max(said.value_or(claimed), claimed);
}

// One hold of one session.
class Holding {
 public:
  Holding(net::Websocket& session, const Hold& hold, const dialect::Dialect& dialect,
          std::optional<Instant> expires, text::Names& names, Trace& trace)
      : session_(session), hold_(hold), trace_(trace), listener_(session, dialect, names, trace) {
    const Instant now = Clock::now();
    held_ = {.begun = now,
             .over = now,
             .expires = expiry_of(names, trace, expires),
             .heard = now,
             .survived = {},
             .ending = {}};
    until_ = hold_until(hold, now, held_.expires);
    next_ping_ = hold.ping.every > Span::zero() ? now + hold.ping.every : never;
  }

  asio::awaitable<std::optional<Failure>> run() {
    using How = dialect::Arrival::How;
    while (true) {
      auto waiting = listener_.next(std::min(until_, next_ping_), Step::hold);
      const auto arrival = co_await std::move(waiting);
      if (arrival.how == How::cut) co_return cut_failure();
      if (arrival.how == How::ended) co_return over();
      if (arrival.how == How::failed)
        if (auto wrong = complaint(*arrival.failure)) co_return wrong;
      const Instant now = Clock::now();
      // What has come until the end of the hold is heard before it.
      if (now >= until_ && arrival.how == How::silence) co_return over();
      if (now >= until_ || now < next_ping_) continue;
      auto pinging = ping();
      auto wrong = co_await std::move(pinging);
      if (wrong) co_return wrong;
    }
  }

 private:
  // What the server says before it closes for an expired token is what is expected.
  std::optional<Failure> complaint(const Failure& failure) const {
    if (failure.reason == Reason::hold_expired && hold_.expect.closed) return std::nullopt;
    return failure;
  }

  asio::awaitable<std::optional<Failure>> ping() {
    next_ping_ = Clock::now() + hold_.ping.every;
    const Span wait = std::clamp(hold_.ping.every, pong_min, pong_max);
    const Instant limit = std::min(until_, Clock::now() + wait);
    trace_.frame(Direction::out, "ping", "", Clock::now());
    auto pinging = session_.ping(limit);
    const auto pong = co_await std::move(pinging);
    if (pong) trace_.frame(Direction::in, "pong", "", Clock::now());
    if (pong || Clock::now() >= until_ || Clock::now() < limit) co_return std::nullopt;
    co_return Failure{Reason::pong_missing,
                      fmt::format("no pong within {:.1f} s of a ping", seconds(wait))};
  }

  std::optional<Failure> over() {
    held_.over = Clock::now();
    held_.heard = session_.heard();
    held_.survived = session_.survived();
    held_.ending = session_.ended();
    if (held_.ending) trace_.ended(*held_.ending);
    if (session_.fault()) return session_.fault();
    return judge_hold(hold_, held_);
  }

  net::Websocket& session_;
  const Hold& hold_;
  Trace& trace_;
  dialect::Listener listener_;
  Held held_;
  Instant until_, next_ping_;
};

asio::awaitable<Verdict> connect_to(net::Network& network, net::Url url,
                                    const net::ConnectionOptions& line) {
  auto reaching = net::reach_tcp(network, url.host, url.port, line);
  const auto reached = co_await std::move(reaching);
  co_return reached ? Verdict::pass() : Verdict::of(Step::hold, reached.error());
}

// A server that was stopped ends its sessions as an idle limit does, but then accepts none.
asio::awaitable<Failure> ask_whether_open(HeldAt at, text::Names& names, Failure idle,
                                          const Trace& trace) {
  const auto url = address_of(at.socket.url, names);
  if (!url) co_return idle;
  Trace aside = trace.aside();
  auto connecting = connect_to(at.network, *url, at.socket.line);
  auto limited = within(Clock::now() + accepting_max, std::move(connecting), aside);
  const Verdict verdict = co_await std::move(limited);
  if (verdict.outcome != Outcome::fail) co_return idle;
  const bool refused = verdict.reason == Reason::tcp_refused;
  co_return Failure{
      refused ? Reason::tcp_refused : Reason::close_unclean,
      idle.detail + "; since then the server accepts no connection: " + verdict.detail};
}

}  // namespace

asio::awaitable<std::optional<Failure>> hold_session(net::Websocket& session, const Hold& hold,
                                                     const dialect::Dialect& dialect, HeldAt at,
                                                     text::Names& names, Trace& trace) {
  trace.at(Step::hold);
  trace.open(Phase::hold);
  Holding holding(session, hold, dialect, at.expires, names, trace);
  auto running = holding.run();
  auto failed = co_await std::move(running);
  if (failed && failed->reason == Reason::cut)
    co_return failed;  // the deadline's phase is this one
  if (failed && failed->reason == Reason::idle_closed && at.socket.line.proxy.empty()) {
    auto asking = ask_whether_open(at, names, *std::move(failed), trace);
    failed = co_await std::move(asking);
  }
  trace.close(Phase::hold);
  if (failed) failed->detail = trace.scrub(failed->detail);
  co_return failed;
}

}  // namespace sonde::upgrade
