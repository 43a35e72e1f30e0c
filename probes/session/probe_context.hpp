#pragma once
#include <expected>
#include <map>
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

// The name of the run (run_id.hpp), alone and as a value of the header traceparent, for what a
// service takes in the payload.
inline constexpr std::string_view run_id_name = "run.id", traceparent_name = "run.traceparent";

// Where and as which user a probe runs: one target, one identity, one login. Immutable after
// prepare(); shared by the probes of a target.
struct ProbeContext {
  std::string target_name;
  Target target;
  std::string identity_name;
  Identity identity;
  std::shared_ptr<const auth::Login> login;  // null: none configured
  auth::Account account;                     // the account that the login belongs to
  // Of the login, or else of the target; the strictest of all that press the account.
  auth::LockoutRules lockout;
  // The account whose secret the probe shows outside its logins, and its rules.
  auth::Owner secret_owner;
  auth::LockoutRules secret_lockout;
  std::string location;
  Span every{};  // time between runs
  // Time between two rounds of refusal checks at the target; empty: the probe makes none.
  std::optional<Span> refusals_every;
  std::vector<std::shared_ptr<const ProbeContext>> others;  // further users of the probe

  // Prepares names(), with those secrets that `needs` names; `own` are those of what the probe
  // sends outside its logins. Call it once, when all else is set.
  void prepare(const text::Needs& needs, const text::Needs& own);

  // The names that templates can use in this attempt: target.*, identity.*, location, run.*.
  // Secrets are read again and hidden in `trace` first, as is every text that templates make of
  // them. Fails with own_secret.
  std::expected<text::Names, Failure> names(std::uint64_t seed, Trace& trace) const;
  // The value of `text` if it depends on nothing but the target's own values; otherwise nullopt.
  std::optional<std::string> constant(const text::Template& text) const;
  // Whether names() has `name` when it is needed.
  bool knows(std::string_view name) const;
  // All names that names() may have.
  std::vector<std::string> known_names() const;
  // Whether a template uses a secret of the identity.
  bool has_secrets() const { return !secrets_.empty(); }
  // What a service checks of the identity, as it is in `names` or else where it is kept: its
  // password; without one, all of its secrets but the name of the user; without those, all fields.
  // The same for all logins and probes of an identity, whatever each of them shows.
  std::string credentials(const text::Names& names) const;
  // Replaces the secrets of the identity by wrong ones: its password, or without one all that
  // templates use. False: they use none.
  bool use_wrong_password(text::Names& names) const;
  // Whether one of these names is a secret of the identity, or made of one.
  bool says_secret(const text::Needs& needs) const;
  // Whether anything that the probe sends outside its logins may show a secret, other than the name
  // of the user: directly, or as a token that is made of it.
  bool may_show_secret() const { return shows_directly_ || shows_by_token_; }
  // Whether what is made of these names does. A token that was put in the place of one that is made
  // of the secret counts too: to the server it is a wrong secret.
  bool shows_secret(const text::Needs& needs) const;
  // Whether the probe sends a token that is made of a secret of the identity.
  bool has_secret_token() const { return shows_by_token_; }
  // Whether a template uses {{cookies}}.
  bool needs_cookies() const { return needs_cookies_; }

 private:
  bool says_password(const text::Needs& needs) const;

  std::shared_ptr<const text::Names::Texts> texts_;              // without secrets
  std::vector<std::pair<std::string, config::Secret>> secrets_;  // by their full names
  bool needs_cookies_ = true;
  bool needs_basic_ = false;
  bool shows_directly_ = false;
  bool shows_by_token_ = false;  // the token is made of a secret, without a request
};

}  // namespace sonde::session
