#pragma once
#include <memory>
#include <vector>

#include "probes/core/common.hpp"
#include "probes/upgrade/hold.hpp"
#include "probes/upgrade/refuse.hpp"

namespace sonde::upgrade {

struct UpgradeSettings {
  ProbeHeader heading;
  Common common;
  session::SessionSettings session;
  std::optional<Hold> hold;
  RefuseSettings refuse;
};
const config::Section<UpgradeSettings>& section_of(const UpgradeSettings*);
bool read_settings(const config::Value& value, const config::Reader& reader, UpgradeSettings& out);
void add_needs(const UpgradeSettings& settings, text::Needs& needs);
void vet(const UpgradeSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place);
std::vector<session::IdentityRef> others_of(const UpgradeSettings& settings);

// A probe that logs in, upgrades, waits for the ready message, holds the session, and checks that
// clients without a valid token are refused.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const UpgradeSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared);

}  // namespace sonde::upgrade
