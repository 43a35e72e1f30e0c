#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "probes/core/probe.hpp"
#include "probes/session/shared.hpp"

namespace sonde::session {

// The probe, but its trace hides more than what the run itself learns, for a target may speak of
// other people and of earlier runs: `secrets` of others that the target knows, as far as they can
// be read now and have no more than 32 KB, and the tokens that logins of the same worker got of the
// target lately.
std::unique_ptr<Probe> make_discreet(std::unique_ptr<Probe> probe, std::string target,
                                     std::vector<config::Secret> secrets, Shared& shared);

}  // namespace sonde::session
