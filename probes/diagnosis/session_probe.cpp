#include "probes/diagnosis/session_probe.hpp"

#include <utility>

#include "probes/diagnosis/observation.hpp"
#include "probes/session/after_ready.hpp"

namespace sonde::diagnosis {
namespace {

namespace asio = boost::asio;

// Duration of the last upgrade, also of a failed one.
Span upgrade_time(const Trace& trace) {
  Span took{};
  for (const auto& span : trace.phases())
    if (span.phase == Phase::upgrade) took = span.took.value_or(Clock::now() - span.entered);
  return took;
}

// The target's breaker counts our refused clients, and then refuses all clients. Not inlined,
// because its temporaries would be in the coroutine's frame while it waits.
[[gnu::noinline]] Verdict blame(Verdict verdict, session::Breaker& breaker, const Trace& trace) {
  if (verdict.outcome != Outcome::fail) return verdict;
  if (!suspects_breaker(observe(verdict, trace), verdict.detail)) return verdict;
  if (!breaker.tripped(Clock::now(), upgrade_time(trace))) return verdict;
  return Verdict::of(
      verdict.step,
      {Reason::breaker_open,
       "after our refusal checks: " + std::string(name(verdict.reason)) + ", " + verdict.detail});
}

}  // namespace

asio::awaitable<Verdict> SessionProbe::attempt(const Attempt& attempt, Trace& trace) const {
  trace.at(Step::login);
  auto names = site_->names(attempt.seed, trace);
  if (!names) co_return Verdict::of(Step::login, names.error());
  auto walking = walk(attempt, *names, trace);
  Verdict verdict = co_await std::move(walking);
  // A cancellation becomes a failure later, which may be diagnosed too.
  if (verdict.outcome != Outcome::pass) leave_evidence(attempt, *std::move(names));
  co_return verdict;
}

asio::awaitable<Verdict> SessionProbe::walk(const Attempt& attempt, text::Names& names,
                                            Trace& trace) const {
  session::Breaker& breaker = shared_.breakers[site_->target_name];
  auto opening = open_session(settings_, *site_, shared_, names, trace);
  session::Opened opened = co_await std::move(opening);
  if (opened.failure) co_return blame(*std::move(opened.failure), breaker, trace);
  breaker.passed(upgrade_time(trace));
  const std::string* token = names.find("token");
  const std::string used = token != nullptr ? *token : "";
  auto using_it = use(*opened.session, names, trace);
  Verdict verdict = co_await std::move(using_it);
  reconsider_secret(opened.shown, *opened.session, settings_, verdict, names, trace);
  auto leaving = session::leave_session(*opened.session, trace);
  co_await std::move(leaving);
  const bool passed = verdict.outcome == Outcome::pass;
  reconsider_token(settings_, *site_, shared_, used, passed ? std::nullopt : std::optional(verdict),
                   trace);
  if (!passed) co_return verdict;
  Attempt rest = attempt;
  // Without a turn it is the single run of a command, which makes all of its checks.
  if (rest.check_refusals && rest.refusal_turn && site_->refusals_every) {
    const bool failed = rest.standing != nullptr && !rest.standing->empty();
    rest.check_refusals = shared_.refusal_rounds[site_->target_name].begin(
        this, *site_->refusals_every, failed, Clock::now());
  }
  auto going_on = afterwards(rest, names, trace);
  verdict = co_await std::move(going_on);
  co_return verdict;
}

asio::awaitable<Verdict> SessionProbe::afterwards(const Attempt&, text::Names&, Trace&) const {
  co_return Verdict::pass();
}

asio::awaitable<Verdict> SessionProbe::diagnose(const DiagnosisRequest& request, Verdict verdict,
                                                Trace& trace) const {
  const Subject subject{settings_, *site_, shared_, turn()};
  auto inquiring = inquire(subject, request, std::move(verdict), trace);
  Verdict explained = co_await std::move(inquiring);
  co_return explained;
}

}  // namespace sonde::diagnosis
