#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/session/session.hpp"

namespace sonde::upgrade {

// Refusal checks: upgrades that must be refused. Opt-in, because they test a security control.
enum class RefusalCheck : std::uint8_t {
  no_token,
  garbage_token,
  wrong_password,     // where the password travels: in a login, or within the protocol
  expired_token,      // one of ours that has expired; without one, not performed
  bad_signature,      // one bit of the signature changed
  alg_none,           // no signature, and alg "none" in the header
  hs256_confusion,    // signed with the public key as a secret; needs `jwks`, here or in the login
  wrong_audience,     // a valid token of another login; needs `other_login`
  refresh_as_access,  // the refresh token instead of an access token
  logged_out,         // a valid token after its logout; needs `logout`
  foreign_origin,     // the valid token, from a page of another origin
  wrong_place         // the valid token in the wrong place: in the query, or else in the header
};
std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*);

// How to log out. The answer has to be a 2xx without an error in it, or a redirect.
struct Logout {
  std::string method = "POST";
  text::Template url;
  std::map<std::string, text::Template> headers = {{"Authorization", "Bearer {{token}}"}};
  text::Tree body;
  // How long the token may stay valid; empty: 5 s, or half the timeout of the probe.
  std::optional<Span> within;
};
const config::Section<Logout>& section_of(const Logout*);

// The refusal checks of a probe, and what some of them need.
struct RefuseSettings {
  std::vector<RefusalCheck> checks;
  std::string other_login;
  std::optional<Logout> logout;
  text::Template jwks;
};
const config::Section<RefuseSettings>& section_of(const RefuseSettings*);
void add_needs(const RefuseSettings& settings, text::Needs& needs);
// Reports every check that the probe's configuration does not allow; returns whether there is none.
bool check(const RefuseSettings& settings, const session::SessionSettings& session,
           const config::Value& probe, const config::Reader& reader);

// Reports what its login lacks for the checks.
void vet(const RefuseSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place);

// What the checks of a run work with. All members have to outlive them.
struct RefusalSubject {
  const RefuseSettings& settings;
  const session::SessionSettings& session;
  const session::ProbeContext& site;
  session::Shared& shared;
  std::uint64_t seed;
  text::Names& names;  // with the valid token
  Trace& trace;
};

// Performs each check over its own connection; with `turn`, only the one whose turn it is and those
// in `standing`. A refusal is defined by the socket's `refused_by`; a ready message without a later
// refusal, or any event, is auth_fail_open; anything else, such as 500, is no_refusal. A temporary
// failure is retried once (see upgrade_as); if it persists, or if a check cannot be made, the
// result is inconclusive (refusal_unclear). A failure that looks like a circuit breaker of the
// target, opened by the checks, is breaker_open; then no further check is made for a while. A
// refusal proves something only while the same upgrade without the fault is accepted, which is
// tried afterwards; if it is not accepted, for example because a token expired or can be used only
// once, each check is repeated with a new login, and is refusal_unclear if even the control upgrade
// with that login is not accepted. Step and phase refuse; makes no auth sample. Records each result
// in the trace. Empty: all checks passed.
boost::asio::awaitable<std::optional<Verdict>> check_refusals(const RefusalSubject& subject,
                                                              const Attempt& attempt);

// The verdict of failed checks that have not passed since, for a run that performs none of them.
// Pure.
std::optional<Verdict> standing_verdict(const StandingRefusals& standing);
// Drops those of checks that are not made any more, for they would stand forever.
void forget_others(const std::vector<RefusalCheck>& checks, StandingRefusals& standing);

}  // namespace sonde::upgrade
