#pragma once
#include <string>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::app {

// Runs as JSON; empty: there is none.
struct Transcripts {
  std::string newest;  // of the newest run with a transcript
  // of the newest run whose experiments separated the causes, if it is another run
  std::string proof;
};

// Explains why the last runs of a check failed, for a person who was paged: one line for each run,
// newest first, with the meaning of its reason, and then the transcripts. Plain text. Pure.
std::string evidence_page(const Check& check, const std::vector<EvidenceRow>& rows,
                          const Transcripts& transcripts);

}  // namespace sonde::app
