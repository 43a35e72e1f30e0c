#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/probe.hpp"
#include "probes/login/double_refresh.hpp"
#include "probes/session/identity.hpp"
#include "probes/session/kind_hooks.hpp"

namespace sonde::login {

struct LoginSettings {
  ProbeHeader heading;
  Common common;
  int parallel = 1;                // simultaneous logins
  std::vector<std::string> users;  // in addition to `as`, used in turn
  session::SameUser same_user = session::SameUser::forbid;
  dialect::Identity identity;  // in the claims of the token
  session::SessionSettings
      session;  // its socket and dialect, where a token is used; no address: nowhere
  std::optional<RefreshPolicy> refresh;
};
const config::Section<LoginSettings>& section_of(const LoginSettings*);

// A probe that makes a new login each time and succeeds with a usable token. With `parallel` it
// makes several logins at once: all have to succeed, no two may get the same token (token_shared),
// and each has to be for its own user (identity_mismatch). Then it uses one token in two places at
// once (see use_at_once), and redeems a refresh token twice (see refresh_twice). All of it is step
// login.
const session::KindHooks<LoginSettings>& hooks_of(const LoginSettings*);

}  // namespace sonde::login
