#include "daemon/app/evidence_page.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>

#include "daemon/core/format.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/printable.hpp"

namespace sonde::app {
namespace {

constexpr std::size_t detail_max = 2048;
constexpr std::size_t transcript_max = std::size_t{64} * 1024 * 1024;  // all of it

std::string line_of(const EvidenceRow& row) {
  const Verdict& verdict = row.verdict;
  return fmt::format(
      "{}  {} {}  {} ms{}{}{}\n", as_utc(row.ended), name(verdict.outcome),
      show_cause(verdict.step, verdict.reason, verdict.concluded),
      row.took / std::chrono::milliseconds(1),
      row.attempt > 1 ? fmt::format(", attempt {}", row.attempt) : "",
      row.run.empty() ? "" : ", run " + row.run,
      verdict.detail.empty() ? "" : ": " + text::printable(verdict.detail, true, detail_max));
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
  const auto show = [](const std::string& json) {
    return text::printable(json, true, transcript_max) + "\n";
  };
  if (!transcripts.newest.empty()) page += "\nThe newest transcript:\n" + show(transcripts.newest);
  if (!transcripts.proof.empty())
    page += "\nThe transcript with the experiments that separated the causes:\n" +
            show(transcripts.proof);
  return page;
}

}  // namespace sonde::app
