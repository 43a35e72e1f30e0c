#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "probes/core/probe.hpp"
#include "probes/session/shared.hpp"

namespace sonde::session {

// Wraps a probe so that its trace also hides secrets that the run itself does not learn, because a
// target's answer may contain data of other users and of earlier runs: `secrets` of others that the
// target knows, if they can be read and have no more than 32 KB, and the tokens that logins of the
// same worker recently got from the target.
std::unique_ptr<Probe> make_discreet(std::unique_ptr<Probe> probe, std::string target,
                                     std::vector<config::Secret> secrets, Shared& shared);

}  // namespace sonde::session
