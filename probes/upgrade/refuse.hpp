#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/session/session.hpp"

namespace sonde::upgrade {

// Refusal checks: an upgrade that must be refused. Opt-in, for they touch a security control.
enum class RefusalCheck : std::uint8_t {
  no_token,
  garbage_token,
  expired_token,      // one of ours that has expired; without one, it is not performed
  bad_signature,      // one bit of it changed
  alg_none,           // no signature, and a header that says so
  hs256_confusion,    // signed with the public key as a secret; needs `jwks`, here or in the login
  wrong_audience,     // a good token of another login; needs `other_login`
  refresh_as_access,  // the refresh token where an access token belongs
  logged_out,         // a good token after its logout; needs `logout`
  foreign_origin,     // the good token, from a page of somebody else
  wrong_place         // the good token where it does not belong: in the query, or else the header
};
std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*);

// How a token is given back. The answer has to be 2xx without an error in it, or a redirect.
struct Logout {
  std::string method = "POST";
  text::Template url;
  std::map<std::string, text::Template> headers = {{"Authorization", "Bearer {{token}}"}};
  text::Tree body;
  // How long the token may still be good; empty: 5 s, or half the timeout of the probe.
  std::optional<Span> within;
};
const config::Section<Logout>& section_of(const Logout*);

// What must be refused, and what some of the checks need.
struct RefuseSettings {
  std::vector<RefusalCheck> checks;
  std::string other_login;
  std::optional<Logout> logout;
  text::Template jwks;
};
const config::Section<RefuseSettings>& section_of(const RefuseSettings*);
void add_needs(const RefuseSettings& settings, text::Needs& needs);
// Tells every check that cannot be made as the probe is configured; true if there is none.
bool check(const RefuseSettings& settings, const session::SessionSettings& session,
           const config::Value& probe, const config::Reader& reader);

// Tells what its login would have to say for the checks.
void vet(const RefuseSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place);

// What the checks of a run work with. All outlives them.
struct RefusalSubject {
  const RefuseSettings& settings;
  const session::SessionSettings& session;
  const session::ProbeContext& site;
  session::Shared& shared;
  std::uint64_t seed;
  text::Names& names;  // with the good token
  Trace& trace;
};

// Runs each check over a connection of its own; with `turn`, the one whose turn it is, and those
// that stand in `standing`. A refusal is what the socket's `refused_by` says; a ready message that
// no refusal follows, or any event, is auth_fail_open; anything else, as 500, is no_refusal.
// Trouble is met once more (see upgrade_as); what is then still trouble, and a check that cannot be
// made, is inconclusive (refusal_unclear), and so is what looks like a breaker of the target that
// they opened (breaker_open): then, and for a while, no further one is made. Who is refused proves
// something only while the same upgrade with nothing wrong about it is accepted, which is asked
// afterwards; where it is not, as with a token that expired or serves once, each check is made
// again with a fresh login, and is refusal_unclear if even that one is not accepted. Step and phase
// refuse; never an auth sample. Notes in the trace what came of each. Empty: nothing was wrong.
boost::asio::awaitable<std::optional<Verdict>> check_refusals(const RefusalSubject& subject,
                                                              const Attempt& attempt);

// What the checks that failed and have not passed since mean for a run that makes none of them;
// pure.
std::optional<Verdict> standing_verdict(const StandingRefusals& standing);
// Drops those of checks that are not made any more, for they would stand forever.
void forget_others(const std::vector<RefusalCheck>& checks, StandingRefusals& standing);

}  // namespace sonde::upgrade
