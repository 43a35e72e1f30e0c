#include "probes/upgrade/hold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/auth/token.hpp"
#include "probes/core/deadline.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/dialect/listener.hpp"
#include "probes/net/reach.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

constexpr Span pong_min = std::chrono::seconds(1), pong_max = std::chrono::seconds(10);
constexpr Span accepting_max = std::chrono::seconds(3);
constexpr Instant never = Instant::max();

// By our monotonic clock; the claims use the wall clock. If they differ from the login's lifetime,
// the later time counts.
std::optional<Instant> expiry_of(const text::Names& names, const Trace& trace,
                                 std::optional<Instant> stated) {
  const std::string* token = names.find("token");
  const auto claims = auth::read_claims(token != nullptr ? *token : "");
  if (!claims || !claims->expires) return stated;
  const auto now = std::chrono::system_clock::now() + trace.skew.value_or(Span::zero());
  const auto left = std::chrono::sys_seconds(std::chrono::seconds(*claims->expires)) - now;
  const Instant claimed = Clock::now() + std::chrono::duration_cast<Span>(left);
  return std::max(stated.value_or(claimed), claimed);
}

// The hold of one session.
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
      // Messages that arrived before the end of the hold are processed first.
      if (now >= until_ && arrival.how == How::silence) co_return over();
      if (now >= until_ || now < next_ping_) continue;
      auto pinging = ping();
      auto wrong = co_await std::move(pinging);
      if (wrong) co_return wrong;
    }
  }

 private:
  // A message of the server before it closes because of an expired token is expected.
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

// A server that was stopped ends its sessions like an idle limit, but then accepts no connections.
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
    co_return failed;  // the phase in which the deadline came is this one
  if (failed && failed->reason == Reason::idle_closed && at.socket.line.proxy.empty()) {
    auto asking = ask_whether_open(at, names, *std::move(failed), trace);
    failed = co_await std::move(asking);
  }
  trace.close(Phase::hold);
  if (failed) failed->detail = trace.scrub(failed->detail);
  co_return failed;
}

const config::Section<HoldEnd>& section_of(const HoldEnd*) {
  static const auto keys =
      config::Section<HoldEnd>()
          .key("closed", &HoldEnd::codes, "The server must close the session with one of these.",
               {.required = true, .min = 1})
          .key("within", &HoldEnd::within, "How long after the token expired it may do so.",
               {.min = 0.001, .max = 3600});
  return keys;
}

const config::Section<Hold>& section_of(const Hold*) {
  static const auto keys =
      config::Section<Hold>()
          .key("for", &Hold::length, "How long the session is held; the timeout must cover it.",
               {.required = true, .min = 0.01, .max = 3600})
          .key("ping", &Hold::ping, "How often it is pinged, or none.", {.min = 0.01, .max = 3600})
          .key("expect", &Hold::expect,
               "What has to become of it: still_open, or { closed: [4401, 1008], within: 10s }.");
  return keys;
}

}  // namespace sonde::upgrade

namespace sonde::config {

bool Codec<upgrade::PingEvery>::read(const Value& value, const Reader& reader, const Rule& rule,
                                     upgrade::PingEvery& out) {
  if (value.kind == Value::Kind::scalar && value.text == "none") {
    out.every = {};
    return true;
  }
  return read_span(value, reader, rule, out.every);
}

Value Codec<upgrade::PingEvery>::schema(const Rule& rule) {
  return schema_any_of({schema_names({"none"}), schema_span(rule)});
}

bool Codec<upgrade::HoldEnd>::read(const Value& value, const Reader& reader, const Rule&,
                                   upgrade::HoldEnd& out) {
  out = upgrade::HoldEnd{};
  out.closed = value.kind == Value::Kind::map;
  if (out.closed) return section<upgrade::HoldEnd>().read(value, reader, out);
  return read_name(value, reader, {"still_open"}).has_value();
}

Value Codec<upgrade::HoldEnd>::schema(const Rule&) {
  return schema_any_of({schema_names({"still_open"}), section<upgrade::HoldEnd>().schema()});
}

}  // namespace sonde::config

namespace sonde::upgrade {
namespace {

// Shorter limits are not used in practice; a limit of one second appears slightly shorter to us.
constexpr Span idle_least = std::chrono::milliseconds(500);
constexpr Span early_slack = std::chrono::seconds(2);  // exp is in whole seconds, and clocks differ

std::string after(const Held& held) {
  return fmt::format("after {:.1f} s", seconds(held.over - held.begun));
}

std::string against_expiry(const Held& held) {
  if (!held.expires) return "";
  const double late = seconds(held.over - *held.expires);
  return fmt::format(", {:.1f} s {} its token expired", late < 0 ? -late : late,
                     late < 0 ? "before" : "after");
}

std::string closed_with(const Held& held) {
  return fmt::format("{} {}{}", dialect::describe(*held.ending), after(held), against_expiry(held));
}

// An idle limit ends connections after the same silence each time, which was never survived before
// and is not short; any other end is of a connection in use.
Failure without_close(const Held& held) {
  const Span silence = held.over - held.heard;
  const std::string how =
      fmt::format("{} without a Close {}, {:.1f} s after the server's last sign",
                  dialect::describe(*held.ending), after(held), seconds(silence));
  if (silence < idle_least || !held.ending->reason.empty()) return {Reason::close_unclean, how};
  if (silence > held.survived) return {Reason::idle_closed, how};
  return {Reason::close_unclean,
          fmt::format("{}; it had survived a silence of {:.1f} s", how, seconds(held.survived))};
}

std::optional<Failure> judge_open(const Held& held) {
  if (!held.ending) return std::nullopt;
  if (held.ending->by != EndedBy::close_frame) return without_close(held);
  const bool restarts = held.ending->code == 1001 || held.ending->code == 1012;
  return Failure{restarts ? Reason::restarting : Reason::hold_expired, closed_with(held)};
}

std::optional<Failure> judge_closed(const HoldEnd& wanted, const Held& held) {
  const bool outlived = held.expires && *held.expires + wanted.within > held.over;
  if (!held.ending && outlived)
    return Failure{Reason::hold_unclear,
                   fmt::format("the token outlives the hold by {:.0f} s; hold it longer, or log in "
                               "for a shorter one",
                               seconds(*held.expires - held.over))};
  if (!held.ending)
    return Failure{Reason::not_closed, "still open " + after(held) + against_expiry(held)};
  const bool right = dialect::ended_with(*held.ending, wanted.codes);
  if (!right && held.ending->by != EndedBy::close_frame) return without_close(held);
  const bool early = held.expires && held.over + early_slack < *held.expires;
  if (right && !early) return std::nullopt;
  return Failure{Reason::wrong_close,
                 fmt::format("{}, wanted {}", closed_with(held), fmt::join(wanted.codes, " or "))};
}

}  // namespace

Instant hold_until(const Hold& hold, Instant begun, std::optional<Instant> expires) {
  const Instant longest = begun + hold.length;
  if (!hold.expect.closed || !expires) return longest;
  return std::min(longest, std::max(*expires, begun) + hold.expect.within);
}

std::optional<Failure> judge_hold(const Hold& hold, const Held& held) {
  return hold.expect.closed ? judge_closed(hold.expect, held) : judge_open(held);
}

}  // namespace sonde::upgrade
