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

// A name that a probe's key says, and where.
struct ConfigRef {
  std::string name;
  std::string_view key;
  config::Place place;      // nowhere: nobody says one
  bool by_default = false;  // `defaults:` says it
};

// Somebody as whom a probe runs: a name of `identities:` and one of `logins:`.
struct IdentityRef {
  ConfigRef as, login;
};

// Where and as whom a probe runs: one target, one identity, one login. Constant; shared by the
// probes of a target.
struct ProbeContext {
  std::string target_name;
  Target target;
  std::string identity_name;
  Identity identity;
  std::shared_ptr<const auth::Login> login;  // null: none configured
  auth::Account account;                     // whose login it is
  std::string location;
  Span every{};  // from run to run
  // From one round of refusal checks at the target to the next; empty: the probe makes none.
  std::optional<Span> refusals_every;
  std::vector<std::shared_ptr<const ProbeContext>> others;  // as whom the probe runs besides

  // What names() is made of; of the secrets those that `needs` names. Once, when the rest is set.
  void prepare(const text::Needs& needs);

  // What templates can name in this attempt: target.*, identity.*, location. Secrets are read
  // anew and hidden in `trace` first, and so is what templates make of them, as long as it lives.
  // Fails with own_secret.
  std::expected<text::Names, Failure> names(std::uint64_t seed, Trace& trace) const;
  // What `text` is whoever asks and whenever: it says nothing but the target's own values.
  std::optional<std::string> constant(const text::Template& text) const;
  // True if names() knows `name` when it is needed.
  bool knows(std::string_view name) const;
  // Whether something says a secret of the identity.
  bool has_secrets() const { return !secrets_.empty(); }
  // Whether something says {{cookies}}.
  bool needs_cookies() const { return needs_cookies_; }

 private:
  std::shared_ptr<const text::Names::Texts> texts_;              // no secrets
  std::vector<std::pair<std::string, config::Secret>> secrets_;  // by their full names
  bool needs_cookies_ = true;
};

}  // namespace sonde::session
