#pragma once
#include <expected>
#include <memory>
#include <string>

#include "probes/auth/login.hpp"
#include "probes/identity.hpp"

namespace sonde {

// Where and as whom a probe runs: one target, one identity, one login. Constant; shared by the
// probes of a target.
struct Site {
  std::string target_name;
  Target target;
  std::string identity_name;
  Identity identity;
  std::shared_ptr<const auth::Login> login;  // null: none configured
  std::string location;

  // What templates can name in this attempt: target.*, identity.*, location. Secrets are read
  // anew and hidden in `trace` first. Fails with own_secret.
  std::expected<text::Names, Failure> names(std::uint64_t seed, Trace& trace) const;
  // True if names() will know `name`.
  bool knows(std::string_view name) const;
};

}  // namespace sonde
