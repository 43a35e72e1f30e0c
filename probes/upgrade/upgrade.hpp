#pragma once
#include <memory>
#include <vector>

#include "probes/core/common.hpp"
#include "probes/session/kind_hooks.hpp"
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

// A probe that logs in, upgrades, waits for the ready message, holds the session, and checks that
// clients without a valid token are refused.
const session::KindHooks<UpgradeSettings>& hooks_of(const UpgradeSettings*);

}  // namespace sonde::upgrade
