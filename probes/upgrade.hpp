#pragma once
#include <memory>
#include <vector>

#include "probes/common.hpp"
#include "probes/refuse.hpp"

namespace sonde {

struct UpgradeSettings {
  Heading heading;
  Common common;
  SessionSettings session;
  std::vector<RefusalCheck> refuse;
};
const config::Section<UpgradeSettings>& section_of(const UpgradeSettings*);
void add_needs(const UpgradeSettings& settings, text::Needs& needs);

// Logs in, upgrades, waits for the ready message, and makes sure that who has no valid token is
// refused.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const UpgradeSettings> settings,
                                  std::shared_ptr<const Site> site, Shared& shared);

}  // namespace sonde
