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

}  // namespace sonde::plan
