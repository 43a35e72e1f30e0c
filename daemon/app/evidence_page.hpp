#pragma once
#include <string>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::app {

// Runs as JSON; empty: there is none.
struct Transcripts {
  std::string newest;  // of the newest run that has one
  std::string proof;   // of the newest run whose experiments separated the causes, if it is another
};

// Why the last runs of a check failed, for whoever was paged: a line a run, the newest first, each
// with what its reason means, and then the transcripts. Plain text. Pure.
std::string evidence_page(const Check& check, const std::vector<EvidenceRow>& rows,
                          const Transcripts& transcripts);

}  // namespace sonde::app
