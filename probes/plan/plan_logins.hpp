#pragma once
#include "config/reader.hpp"
#include "probes/plan/plan_site.hpp"
#include "probes/session/probe_context.hpp"

namespace sonde::plan {

// Reports entries of `logins:` that conflict: two that use the same refresh token, so that each
// answer to one invalidates the token of the other.
void tell_shared_refresh(const config::Value& root, const config::Reader& reader);

// Warns about a login that sends no secret of an identity with a password: every run would be
// rejected, or the service requires no password.
void tell_unsent_password(const PlanEntry& plan, const session::ProbeContext& site,
                          const config::Value& root);

// Warns about a login whose password crosses a network unencrypted.
void tell_plain_password(const PlanEntry& plan, const session::ProbeContext& site);

// The rules for accounts of the site: those written in the login, even if the probe uses nothing
// else of it, or else in its target, or else the usual ones.
auth::LockoutRules lockout_of(const PlanEntry& plan, const std::string& login,
                              const session::Target& target);

// Gives all sites whose probes press the same account the same rules: the fewest refusals and the
// longest cooldown that any of them has, whichever worker runs them and whoever asks first.
void apply_strictest_lockout(const Sites& sites);

// Reports `lockout` of a login that the probe uses without a request, and whose token is not made
// of a secret of the identity: no refusal of it is counted.
void vet_lockout(const PlanEntry& plan, const std::string& login,
                 const session::ProbeContext& site);

}  // namespace sonde::plan
