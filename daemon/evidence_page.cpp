#include "daemon/evidence_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <set>

#include "probes/reason.hpp"

namespace sonde {
namespace {

std::string line_of(const EvidenceRow& row) {
  const auto at = std::chrono::system_clock::to_time_t(row.ended);
  const Verdict& verdict = row.verdict;
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC  {} {}  {} ms{}{}\n", fmt::gmtime(at),
                     name(verdict.outcome),
                     show_cause(verdict.step, verdict.reason, verdict.concluded),
                     row.took / std::chrono::milliseconds(1),
                     row.attempt > 1 ? fmt::format(", attempt {}", row.attempt) : "",
                     row.verdict.detail.empty() ? "" : ": " + row.verdict.detail);
}

}  // namespace

std::string evidence_page(const Check& check, const std::vector<EvidenceRow>& rows,
                          const Transcripts& transcripts) {
  std::string page = fmt::format("{} ({}) on {}\n\n", check.name, check.kind, check.target);
  if (rows.empty()) return page + "No run that failed is remembered.\n";
  std::set<Reason> reasons;
  for (const EvidenceRow& row : rows) {
    page += line_of(row);
    reasons.insert(row.verdict.reason);
    if (row.verdict.concluded != Reason::ok) reasons.insert(row.verdict.concluded);
  }
  page += "\n";
  for (Reason reason : reasons)
    page += fmt::format("{}: {}\n", sonde::name(reason), sonde::row(reason).help);
  if (!transcripts.newest.empty()) page += "\nThe newest transcript:\n" + transcripts.newest + "\n";
  if (!transcripts.proof.empty())
    page += "\nThe transcript with the experiments that separated the causes:\n" +
            transcripts.proof + "\n";
  return page;
}

}  // namespace sonde
