#pragma once
#include "config/value.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::plan {

// Whose account a login is used for. Two logins have the same owner if a service would take them
// for the same account:
// - The user is the name that the login sends, whether it is written in the login or comes from
//   any field of the identity; a login that sends none is known by its client or its token. Names
//   are taken without blanks around them and in lower case: where a service tells two users apart
//   by that alone, they are counted together.
// - The service is the target's `auth`, or the origin of the login's own URL if that is elsewhere.
//   What a target is called and which others there are does not matter.
// Contains only digests, because names and addresses may be secret.
auth::Owner owner_of(const config::Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site);

}  // namespace sonde::plan
