#include "probes/dialect/ready.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/steps.hpp"
#include "probes/net/error_text.hpp"
#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

bool at_once(const Ready& ready) {
  return ready.type.empty() && ready.json.empty() && !ready.identity.at;
}

// Whether a step waits for a message that the ready message would be as well.
bool is_taken_by_step(const Dialect& dialect, const Ready& ready) {
  return std::ranges::any_of(dialect.steps, [&](const ScriptStep& step) {
    return step.expect &&
           std::ranges::any_of(step.expect->frame.type, [&](const std::string& type) {
             return std::ranges::count(ready.type, type) > 0;
           });
  });
}

Failure silent(const Ready& ready, const Dialect& dialect) {
  const std::string wanted =
      ready.type.empty() ? "ready message" : fmt::format("{}", fmt::join(ready.type, " or "));
  const std::string_view taken =
      is_taken_by_step(dialect, ready) ? "; a step of the dialect has taken the one before" : "";
  return {Reason::no_ready,
          fmt::format("no {} within {:.3f} s{}", wanted, seconds(ready.within), taken)};
}

asio::awaitable<std::optional<Failure>> wait(Listener& listener, const Ready& ready) {
  const auto arrival = co_await listener.next(Clock::now() + ready.within, Step::ready);
  switch (arrival.how) {
    case Arrival::How::ended:
      co_return ended_at(Step::ready, listener.session(), listener.dialect(), listener.trace());
    case Arrival::How::cut:
      co_return cut_failure();
    case Arrival::How::silence:
      co_return silent(ready, listener.dialect());
    case Arrival::How::failed:
      co_return arrival.failure;
    case Arrival::How::frame:
      break;
  }
  const Frame& frame = *arrival.frame;
  auto failed = check_ready(ready, frame.type, frame.body(), listener.names());
  if (failed)
    listener.trace().remark(failed->detail);
  else
    listener.answered(frame);
  co_return failed;
}

// Sets the variables of the session, takes its steps, then waits for the ready message.
asio::awaitable<std::optional<Failure>> greet(Listener& listener, const Ready& ready) {
  const Dialect& dialect = listener.dialect();
  const auto set = set_vars(dialect, listener.names());
  if (!set) co_return set.error();
  if (!dialect.steps.empty()) {
    auto failed = co_await take_steps(listener, dialect.steps, Step::ready);
    if (failed) co_return failed;
  }
  if (at_once(ready)) co_return std::nullopt;
  auto failed = co_await wait(listener, ready);
  co_return failed;
}

}  // namespace

asio::awaitable<std::optional<Failure>> await_ready(net::Websocket& session, const Ready& ready,
                                                    const Dialect& dialect, text::Names& names,
                                                    Trace& trace, const FrameMatch* refusal) {
  trace.at(Step::ready);
  if (at_once(ready) && dialect.steps.empty()) co_return std::nullopt;
  trace.open(Phase::ready);
  Listener listener(session, dialect, names, trace);
  listener.refused_by(refusal);
  auto failed = co_await greet(listener, ready);
  if (failed && failed->reason == Reason::cut)
    co_return failed;  // the phase in which the deadline came is this one
  trace.close(Phase::ready);
  if (failed) failed->detail = trace.scrub(failed->detail);
  co_return failed;
}

const config::Section<Identity>& section_of(const Identity*) {
  static const auto keys =
      config::Section<Identity>()
          .key("at", &Identity::at, "Where the server names the user.", {.required = true})
          .key("equals", &Identity::equals, "Who it must be.")
          .key("never", &Identity::never, "Patterns of users that it must never be.");
  return keys;
}

const config::Section<Ready>& section_of(const Ready*) {
  static const auto keys =
      config::Section<Ready>()
          .key("type", &Ready::type, "The type of the ready message; without it, the dialect's.")
          .key("silent", &Ready::silent,
               "The server sends no ready message: an upgraded session is ready.")
          .key("json", &Ready::json, "What must stand in these places of it.")
          .key("within", &Ready::within, "How long after the upgrade it may come.", {.min = 0.001})
          .key("identity", &Ready::identity, "Who the server must say that we are.")
          .removable();
  return keys;
}

namespace {

constexpr std::size_t said_max = 200;

std::string quoted_value(std::string_view text) {
  return text::json_quote(text::shorten(text, 120));
}

}  // namespace

std::optional<Failure> check_identity(const Identity& identity, text::Json message,
                                      text::Names& names) {
  if (!identity.at) return std::nullopt;
  const text::Json user = identity.at->at(message);
  if (!user || user.kind() == text::Json::Kind::null)
    return Failure{Reason::identity_mismatch,
                   fmt::format("no user is named at {}", identity.at->text())};
  const std::string given = user.text();
  for (const auto& pattern : identity.never)
    if (pattern.found_in(given))
      return Failure{Reason::identity_mismatch,
                     fmt::format("the server takes us for {}, which matches {}",
                                 quoted_value(given), pattern.text())};
  if (!identity.equals) return std::nullopt;
  const auto wanted = identity.equals->render(names);
  if (!wanted)
    return Failure{Reason::own_request, fmt::format("nothing is known of '{}'", wanted.error())};
  if (given == *wanted) return std::nullopt;
  return Failure{Reason::identity_mismatch,
                 fmt::format("the server takes us for {}, not for {}", quoted_value(given),
                             quoted_value(*wanted))};
}

std::optional<Failure> check_ready(const Ready& ready, std::string_view type, text::Json message,
                                   text::Names& names) {
  if (!ready.type.empty() && std::ranges::count(ready.type, type) == 0) {
    const std::string said = text::shorten(net::error_in(message), said_max);
    return Failure{
        Reason::bad_ready,
        fmt::format("{} came, not {}{}{}",
                    type.empty() ? "a message without a type" : quoted_value(type),
                    fmt::join(ready.type, " or "), said.empty() ? "" : "; it says: ", said)};
  }
  if (auto wrong = text::mismatch(ready.json, message, names))
    return Failure{Reason::degraded_mode, *wrong};
  return check_identity(ready.identity, message, names);
}

Failure ended_before_ready(const Ending& ending, const std::vector<int>& own_codes,
                           const std::optional<Failure>& fault) {
  return ended_after_accept(ending, own_codes, fault, " before the session was ready");
}

Failure ended_after_accept(const Ending& ending, const std::vector<int>& own_codes,
                           const std::optional<Failure>& fault, std::string_view when) {
  std::string how = describe(ending);
  how += when;
  if (fault) how += "; " + fault->detail;
  if (refuses(ending, own_codes)) return {Reason::auth_rejected_after_accept, how};
  if (fault) return *fault;
  if (ending.by == EndedBy::us) return cut_failure();
  if (ending.by != EndedBy::close_frame) return {Reason::abrupt_close_after_accept, how};
  switch (ending.code) {
    case 1011:
      return {Reason::server_error_after_accept, how};
    case 1001:
    case 1012:
      return {Reason::restarting, how};
    case 1013:
      return {Reason::try_later, how};
    default:
      return {Reason::closed_after_accept, how};
  }
}

}  // namespace sonde::dialect
