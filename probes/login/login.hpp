#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/probe.hpp"
#include "probes/login/double_refresh.hpp"
#include "probes/session/same_user.hpp"
#include "probes/session/session.hpp"

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

  static constexpr bool socket_optional = true;
};
const config::Section<LoginSettings>& section_of(const LoginSettings*);
bool read_settings(const config::Value& value, const config::Reader& reader, LoginSettings& out);
void add_needs(const LoginSettings& settings, text::Needs& needs);
std::vector<session::IdentityRef> others_of(const LoginSettings& settings);
// Reports what its login does not support.
void vet(const LoginSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place);

// A probe that makes a new login each time and succeeds with a usable token. With `parallel` it
// makes several logins at once: all have to succeed, no two may get the same token (token_shared),
// and each has to be for its own user (identity_mismatch). Then it uses one token in two places at
// once (see use_at_once), and redeems a refresh token twice (see refresh_twice). All of it is step
// login.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const LoginSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared);

}  // namespace sonde::login
