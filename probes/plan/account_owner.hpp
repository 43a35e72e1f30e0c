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
// - The service is the origin of the target's `auth`, whatever its path, or that of the login's own
//   URL if that is elsewhere. Without both it is the origin of what the probe itself sends; `own`
//   are the names and URLs of that. The ports of a host that the target has are one service, and so
//   are the names of this machine (localhost, 127.0.0.1, ::1). What a target is called and which
//   others there are does not matter.
// Contains only digests, because names and addresses may be secret.
auth::Owner owner_of(const config::Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site, const text::Needs& own);

// Whose secret a probe shows outside its logins: the same account, if the login uses the identity;
// otherwise the user of the identity, at the target.
auth::Owner secret_owner_of(const config::Value& root, const session::IdentityRef& ref,
                            const session::ProbeContext& site, const text::Needs& own);

}  // namespace sonde::plan
