#include "probes/session/spare_refusals.hpp"

#include <fmt/format.h>

#include <utility>

#include "probes/session/after_ready.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;

int refusals_left(const ProbeContext& site, Shared& shared) {
  const Instant now = Clock::now();
  return site.secret_lockout.after - shared.token_cache.guard(site.secret_owner, now)->refused(now);
}

// Beside the sessions of the run.
asio::awaitable<Verdict> try_alone(const SessionSettings& settings, const ProbeContext& site,
                                   Shared& shared, std::uint64_t seed, Trace& trace) {
  Trace aside = trace.aside();
  auto names = site.names(seed, aside);
  if (!names) co_return Verdict::of(Step::login, names.error());
  auto opening = open_session(settings, site, shared, *names, aside);
  Opened opened = co_await std::move(opening);
  Verdict verdict = opened.failure ? *opened.failure : Verdict::pass();
  if (opened.session) {
    auto leaving = leave_unused(opened, settings, *names, aside);
    verdict = co_await std::move(leaving);
  }
  trace.absorb(std::move(aside), "alone");
  co_return verdict;
}

}  // namespace

bool has_refusals_to_spare(const ProbeContext& site, Shared& shared) {
  const Instant now = Clock::now();
  const auto guard = shared.token_cache.guard(site.secret_owner, now);
  return 2 * (guard->counted(now) + 1) <= site.secret_lockout.after;
}

asio::awaitable<std::optional<Verdict>> spare_refusals(int sessions,
                                                       const SessionSettings& settings,
                                                       const ProbeContext& site, Shared& shared,
                                                       std::uint64_t seed, Trace& trace) {
  if (sessions < 2 || secret_in(settings, site) == SecretIn::nothing) co_return std::nullopt;
  if (refusals_left(site, shared) >= sessions) co_return std::nullopt;
  auto trying = try_alone(settings, site, shared, seed, trace);
  Verdict alone = co_await std::move(trying);
  if (alone.outcome != Outcome::pass) co_return alone;
  const int left = refusals_left(site, shared);
  if (left >= sessions) co_return std::nullopt;
  co_return Verdict::of(
      Step::upgrade,
      {Reason::suppressed,
       fmt::format("its {} sessions of one account could all be refused, and {} of the {} refusals "
                   "that lockout allows are left",
                   sessions, left, site.secret_lockout.after)});
}

}  // namespace sonde::session
