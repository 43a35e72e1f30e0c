#pragma once
#include "config/reader.hpp"
#include "probes/plan/plan_site.hpp"
#include "probes/session/probe_context.hpp"

namespace sonde::plan {

// What is wrong with entries of `logins:` together: two that would spend one refresh token, of
// which each answer to the one ends the other's.
void tell_shared_refresh(const config::Value& root, const config::Reader& reader);

// Warns of a login that sends nothing secret of an identity that has a password: every run would be
// refused, or is let in by a service that asks for none.
void tell_unsent_password(const PlanEntry& plan, const session::ProbeContext& site,
                          const config::Value& root);

}  // namespace sonde::plan
