#pragma once
#include <map>
#include <string>

#include "config/value.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::plan {

// A hash over every part of the file that affects a probe on a target, as written. If it changes,
// earlier measurements are of a different check.
std::string fingerprint(const config::Value& root, const config::Value& probe,
                        const ParsedProbe& draft, const std::string& target);

// The account that a login is used for: the user of the identity, if the login uses any of it,
// otherwise the client or whatever else the login names. Entries of `logins:` and `identities:`
// that mean the same account yield the same result, as do targets with the same `auth`. Names are
// compared without surrounding spaces and in lower case; if a service distinguishes users only by
// these, they are counted together.
auth::Owner owner_of(const config::Value& root,
                     const std::map<std::string, session::Target>& targets,
                     const session::IdentityRef& whom, const session::ProbeContext& site);

// What determines the result of a login, without the probe that logs in.
auth::Account account_of(const config::Value& root, const session::IdentityRef& whom,
                         auth::Owner owner);

}  // namespace sonde::plan
