#pragma once
#include <string>

#include "config/value.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::plan {

// A hash over every part of the file that affects a probe on a target, as written. If it changes,
// earlier measurements are of a different check.
std::string fingerprint(const config::Value& root, const config::Value& probe,
                        const ParsedProbe& parsed, const std::string& target);

// A hash over those parts alone that decide what its refusal checks try: the target, the address of
// the socket with what an upgrade carries, and the login.
std::string refusal_fingerprint(const config::Value& root, const config::Value& probe,
                                const ParsedProbe& parsed, const std::string& target);

// Whose account a login is used for: the user of the identity, where the login says anything of it,
// else the client or whatever else the login names. Entries of `logins:` and `identities:` that
// mean the same one have the same, and so have targets with the same `auth`. Names are taken
// without blanks around them, and in lower case: where a service tells two users apart by that
// alone, they are counted together. What a target is called, and which others there are, does not
// matter.
auth::Owner owner_of(const config::Value& root, const session::IdentityRef& ref,
                     const session::ProbeContext& site);

// The target whose entry shapes a login; empty: it says nothing of it but where the logins are.
std::string shaping_target(const session::ProbeContext& site);

// What shapes a login, and not the probe that logs in. `target`: as of shaping_target().
auth::Account account_of(const config::Value& root, const session::IdentityRef& ref,
                         auth::Owner owner, const std::string& target);

}  // namespace sonde::plan
