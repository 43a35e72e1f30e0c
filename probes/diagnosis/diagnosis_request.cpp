#include "probes/diagnosis/diagnosis_request.hpp"

#include <algorithm>
#include <utility>

#include "probes/core/deadline.hpp"
#include "probes/diagnosis/diagnosis_table.hpp"
#include "probes/diagnosis/experiment.hpp"
#include "probes/diagnosis/observation.hpp"
#include "probes/session/spare_refusals.hpp"

namespace sonde::diagnosis {
namespace {

namespace asio = boost::asio;

constexpr Span each_max = std::chrono::seconds(5);

// Replies that are known without a request.
std::vector<Reply> known(const DiagnosisRequest& request) {
  return {{Experiment::earlier_pass, request.passed_lately ? said::opened : said::nothing}};
}

Observation seen_by(Experiment experiment, const Verdict& verdict, const Trace& aside) {
  const bool plain = experiment == Experiment::plain_get || experiment == Experiment::rest;
  return observe(verdict, aside, plain ? "http" : "ws");
}

// Experiments may show a secret that is refused, or a wrong one.
bool may_show(const Subject& subject) {
  return !subject.site.may_show_secret() ||
         session::has_refusals_to_spare(subject.site, subject.shared);
}

// Makes one experiment; false if it was the last one, because the time is over, the run was
// stopped, or no further refusal of the account may be risked.
asio::awaitable<bool> ask(Experiment experiment, Laboratory laboratory, const Observation& failure,
                          std::vector<Reply>& replies, Trace& trace) {
  Trace aside = trace.aside();
  const Instant at = Clock::now();
  const Instant limit = laboratory.request.limit;
  auto performing = perform(experiment, laboratory, aside);
  auto limited = within(std::min(limit, at + each_max), std::move(performing), aside);
  const Verdict verdict = co_await std::move(limited);
  if (verdict.reason == Reason::shutdown) co_return false;
  const Observation seen = seen_by(experiment, verdict, aside);
  replies.push_back({experiment, said_of(seen, failure)});
  const ExperimentRow& of = row(experiment);
  trace.experiment(
      {std::string(of.name), std::string(of.question), describe(seen), at, Clock::now() - at},
      aside);
  co_return Clock::now() < limit&& may_show(laboratory.subject);
}

asio::awaitable<Decision> ask_all(Laboratory laboratory, const Observation& failure,
                                  std::span<const Rule> rules, Trace& trace) {
  const Possible possible = possible_for(laboratory);
  std::vector<Reply> replies = known(laboratory.request);
  Decision decision = decide(rules, possible, replies);
  if (decision.next) trace.open(Phase::diagnose);
  while (decision.next) {
    auto asking = ask(*decision.next, laboratory, failure, replies, trace);
    const bool more = co_await std::move(asking);
    decision = decide(rules, more ? possible : Possible(), replies);
  }
  trace.finish();
  co_return decision;
}

}  // namespace

void leave_evidence(const Attempt& attempt, text::Names names) {
  if (attempt.evidence != nullptr)
    *attempt.evidence = std::make_unique<SessionEvidence>(std::move(names));
}

asio::awaitable<Verdict> inquire(const Subject& subject, const DiagnosisRequest& request,
                                 Verdict verdict, Trace& trace) {
  const auto rules = rules_for(verdict.step, verdict.reason);
  const Evidence* left = request.attempt.evidence ? request.attempt.evidence->get() : nullptr;
  const auto* evidence = dynamic_cast<const SessionEvidence*>(left);
  if (rules.empty() || evidence == nullptr) co_return verdict;
  const Observation failure = observe(verdict, trace);
  if (!may_show(subject)) co_return verdict;
  const Laboratory laboratory{subject, request, evidence->names};
  auto asking = ask_all(laboratory, failure, rules, trace);
  const Decision decision = co_await std::move(asking);
  trace.separated = decision.because;
  co_return explained(std::move(verdict), decision.reason, decision.because);
}

Verdict explained(Verdict verdict, Reason reason, std::string_view because) {
  if (!because.empty())
    verdict.detail += (verdict.detail.empty() ? "" : "; ") + std::string(because);
  if (reason == Reason::ok) return verdict;
  return Verdict::of(verdict.step, {reason, std::move(verdict.detail)});
}

}  // namespace sonde::diagnosis
