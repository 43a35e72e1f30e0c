#pragma once
#include <string>
#include <vector>

#include "daemon/view.hpp"

namespace sonde {

// Why the last runs of a check failed, for whoever was paged: a line a run, the newest first, each
// with what its reason means, and then the transcript of the newest that has one. Plain text. Pure.
std::string evidence_page(const Check& check, const std::vector<EvidenceRow>& rows,
                          const std::string& transcript);

}  // namespace sonde
