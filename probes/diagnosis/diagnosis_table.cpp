#include "probes/diagnosis/diagnosis_table.hpp"

#include <algorithm>
#include <array>

namespace sonde::diagnosis {
namespace {

using enum Experiment;
using enum Reason;
using Rules = std::vector<Rule>;

// Rows that depend on a successful experiment first check that the failure still exists, because a
// success after a recovery would prove nothing.
const Rule healed = {{{again, said::opened}}, ok, "the same upgrade is accepted a moment later"};

const Rules server_failed = {
    healed,
    {{{again, said::same}, {no_token, said::refused}},
     server_error_after_auth,
     "without a token it is refused, with the token it fails"},
    {{{again, said::same}, {no_token, said::opened}},
     server_error_after_auth,
     "without a token it is accepted (!), with the token it fails"},
    {{{again, said::same}, {no_token, said::failed}, {other_carrier, said::opened}},
     header_stripped,
     "it fails without a token as well, and accepts the same token in another place"},
    {{{again, said::same}, {no_token, said::failed}, {random_path, said::same}},
     server_error_before_auth,
     "without a token it fails as well, and so does a path that does not exist: the whole server "
     "fails, or the path is wrong"},
    {{{again, said::same}, {no_token, said::failed}},
     server_error_before_auth,
     "without a token it fails as well"},
};

const Rules token_refused_moment = {
    {{{again, said::opened}, {fresh_login, said::refused}},
     clock_skew,
     "the same token is accepted once it is older, a fresh one is refused: the clocks disagree"},
    {{{again, said::opened}, {reuse, said::refused}},
     token_reuse_rejected,
     "alone the token is accepted, used twice at the same moment it is refused"},
};

const Rules token_refused_still = {
    {{{again, said::same}, {fresh_login, said::opened}},
     token_stale,
     "the token of a fresh login is accepted"},
    {{{again, said::same}, {other_carrier, said::opened}},
     header_stripped,
     "the same token is accepted in another place: where it is sent, it does not arrive or is not "
     "looked for"},
};

Rules join(std::initializer_list<Rules> parts) {
  Rules all;
  for (const Rules& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const Rules unauthorised = join({token_refused_moment,
                                 {healed},
                                 token_refused_still,
                                 {{{{again, said::same}, {rest, said::opened}},
                                   socket_unauthorized,
                                   "a plain request accepts the same token"},
                                  {{{again, said::same}, {rest, said::refused}},
                                   token_refused,
                                   "a plain request refuses the same token"}}});

const Rules forbade =
    join({token_refused_moment,
          {{{{again, said::opened}, {earlier_pass, said::opened}},
            not_ready,
            "it passed minutes ago and accepts the same token a moment later"},
           healed},
          token_refused_still,
          {{{{again, said::same}, {random_path, said::absent}},
            forbidden,
            "a path that does not exist answers differently, so this one exists and refuses us"},
           {{{again, said::same}, {random_path, said::same}},
            ok,
            "a path that does not exist answers the same"}}});

const Rules closed_1011 = {
    healed,
    {{{again, said::same}, {other_carrier, said::opened}},
     header_stripped,
     "the same token is accepted in another place"},
};

const Rules not_found = {
    {{{plain_get, said::differs}},
     no_route,
     "a plain GET answers otherwise, so the Upgrade header arrives"},
    {{{plain_get, said::same}, {origin, said::opened}},
     upgrade_stripped,
     "the origin itself accepts the same upgrade, and a plain GET answers the same"},
    {{{plain_get, said::same}, {origin, said::absent}},
     no_route,
     "the origin itself answers so as well"},
    {{{plain_get, said::same}}, ok, "a plain GET answers the same"},
};

const Rules saw_no_upgrade = {
    {{{origin, said::opened}}, upgrade_stripped, "the origin itself accepts the same upgrade"},
};

constexpr said::Set answered = said::differs | said::refused | said::absent | said::failed;

// Servers that share a port leave an upgrade at a path that none of them knows without an answer.
const Rules hung = {
    {{{without_subprotocol, said::opened}, {again, said::same}},
     subprotocol_mismatch,
     "without subprotocols the same upgrade is accepted"},
    {{{plain_get, said::same}}, ok, "a plain GET is not answered either"},
    {{{random_path, said::same}, {plain_get, said::absent}},
     ok,
     "an upgrade at a path that does not exist hangs as well, and a plain GET says that nothing is "
     "served here: the path may be wrong"},
    {{{random_path, said::same}},
     ok,
     "an upgrade at a path that does not exist hangs as well: the path may be wrong"},
    {{{random_path, answered}, {again, said::same}},
     ok,
     "an upgrade at a path that does not exist is answered, so this one exists and hangs"},
    healed,
};

const Rules ended = {
    healed,
    {{{again, said::same}, {without_alpn, said::opened}},
     alpn_fault,
     "without an offer by ALPN it is accepted"},
    {{{again, said::same}, {with_extension, said::opened}},
     extension_fault,
     "with an offer of permessage-deflate it is accepted"},
    {{{again, said::same}, {without_subprotocol, said::opened}},
     subprotocol_mismatch,
     "without subprotocols it is accepted"},
    {{{again, said::same}, {plain_get, said::absent}},
     ok,
     "a plain GET says that nothing is served here: the path may be wrong"},
    {{{again, said::same}, {plain_get, said::differs}},
     ok,
     "a plain GET is answered, so it is the upgrade that the server ends"},
    {{{again, said::same}, {plain_get, said::same}}, ok, "a plain GET ends the same way"},
};

const Rules wrong_switch = {
    {{{with_extension, said::opened}},
     extension_fault,
     "with an offer of permessage-deflate the answer is right"},
};

const Rules tls_failed = {
    healed,
    {{{again, said::same}, {without_alpn, said::opened}},
     alpn_fault,
     "without an offer by ALPN it is accepted"},
};

const Rules speaks_h2 = {
    {{{without_alpn, said::opened}}, ok, "without an offer by ALPN it is accepted"},
};

const Rules another_user = {
    {{{garbage_token, said::opened}}, auth_fail_open, "a garbage token is welcome as well"},
};

const Rules no_event = {
    {{{late_message, said::opened}},
     lost_early_message,
     "sent half a second later it is answered, sent at once it is not"},
};

struct Case {
  Step step;
  Reason reason;
  const Rules* rules;
};

constexpr std::array cases = {
    Case{Step::upgrade, server_error, &server_failed},
    Case{Step::upgrade, unauthorized, &unauthorised},
    Case{Step::upgrade, forbidden_or_no_route, &forbade},
    Case{Step::upgrade, no_route_or_stripped, &not_found},
    Case{Step::upgrade, bad_upgrade, &saw_no_upgrade},
    Case{Step::upgrade, handshake_eof, &ended},
    Case{Step::upgrade, handshake_timeout, &hung},
    Case{Step::upgrade, tcp_reset, &ended},
    Case{Step::upgrade, tls_handshake, &tls_failed},
    Case{Step::upgrade, alpn_h2, &speaks_h2},
    Case{Step::upgrade, bad_handshake, &wrong_switch},
    Case{Step::ready, auth_rejected_after_accept, &unauthorised},
    Case{Step::ready, server_error_after_accept, &closed_1011},
    Case{Step::ready, identity_mismatch, &another_user},
    Case{Step::ready, degraded_mode, &another_user},
    Case{Step::events, first_event_timeout, &no_event},
};

}  // namespace

std::span<const Rule> rules_for(Step step, Reason reason) {
  const auto found = std::ranges::find_if(
      cases, [&](const Case& one) { return one.step == step && one.reason == reason; });
  return found == cases.end() ? std::span<const Rule>() : std::span<const Rule>(*found->rules);
}

}  // namespace sonde::diagnosis
