#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/auth/login.hpp"
#include "probes/session/identity.hpp"

namespace sonde::session {

// A name that a key of a probe refers to, and where it is written.
struct ConfigRef {
  std::string name;
  std::string_view key;
  config::Place place;      // unset: not written anywhere
  bool by_default = false;  // it comes from `defaults:`
};

// The user of a probe: a name in `identities:` and one in `logins:`.
struct IdentityRef {
  ConfigRef as, login;
};

// {{identity.basic}}: the credentials of HTTP Basic (RFC 7617), made of username and password.
inline constexpr std::string_view basic_name = "identity.basic";

// Where and as which user a probe runs: one target, one identity, one login. Immutable after
// prepare(); shared by the probes of a target.
struct ProbeContext {
  std::string target_name;
  Target target;
  std::string identity_name;
  Identity identity;
  std::shared_ptr<const auth::Login> login;  // null: none configured
  auth::Account account;                     // the account that the login belongs to
  std::string location;
  Span every{};  // time between runs
  // Time between two rounds of refusal checks at the target; empty: the probe makes none.
  std::optional<Span> refusals_every;
  std::vector<std::shared_ptr<const ProbeContext>> others;  // further users of the probe

  // Prepares names(), with those secrets that `needs` names. Call it once, when all else is set.
  void prepare(const text::Needs& needs);

  // The names that templates can use in this attempt: target.*, identity.*, location. Secrets are
  // read again and hidden in `trace` first, as is every text that templates make of them. Fails
  // with own_secret.
  std::expected<text::Names, Failure> names(std::uint64_t seed, Trace& trace) const;
  // The value of `text` if it depends on nothing but the target's own values; otherwise nullopt.
  std::optional<std::string> constant(const text::Template& text) const;
  // Whether names() has `name` when it is needed.
  bool knows(std::string_view name) const;
  // All names that names() may have.
  std::vector<std::string> known_names() const;
  // Whether a template uses a secret of the identity.
  bool has_secrets() const { return !secrets_.empty(); }
  // Replaces the secrets of the identity by wrong ones: its password, or without one all that
  // templates use. False: they use none.
  bool use_wrong_password(text::Names& names) const;
  // Whether one of these names is a secret of the identity, or made of one.
  bool says_secret(const text::Needs& needs) const;
  // Whether a template uses {{cookies}}.
  bool needs_cookies() const { return needs_cookies_; }

 private:
  std::shared_ptr<const text::Names::Texts> texts_;              // without secrets
  std::vector<std::pair<std::string, config::Secret>> secrets_;  // by their full names
  bool needs_cookies_ = true;
  bool needs_basic_ = false;
};

}  // namespace sonde::session
