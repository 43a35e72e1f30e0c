#include <algorithm>
#include <array>

#include "probes/upgrade/refuse_check.hpp"

namespace sonde::upgrade {

std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*) {
  using enum RefusalCheck;
  static constexpr config::Named<RefusalCheck> names[] = {{"no_token", no_token},
                                                          {"garbage_token", garbage_token},
                                                          {"expired_token", expired_token},
                                                          {"bad_signature", bad_signature},
                                                          {"alg_none", alg_none},
                                                          {"hs256_confusion", hs256_confusion},
                                                          {"wrong_audience", wrong_audience},
                                                          {"refresh_as_access", refresh_as_access},
                                                          {"logged_out", logged_out},
                                                          {"foreign_origin", foreign_origin},
                                                          {"wrong_place", wrong_place}};
  return names;
}

const config::Section<Logout>& section_of(const Logout*) {
  static const auto keys =
      config::Section<Logout>()
          .key("method", &Logout::method, "The method of the request.")
          .key("url", &Logout::url, "Where a token is given back.",
               {.required = true, .filled = true})
          .key("headers", &Logout::headers, "Headers of the request; they may say {{token}}.")
          .key("body", &Logout::body, "What is sent, as JSON; it may say {{token}}.")
          .key("within", &Logout::within,
               "How soon the token has to be refused afterwards; it is tried once a second. "
               "Without it "
               "5s, and no more than half the timeout.",
               {.max = 300});
  return keys;
}

const config::Section<RefuseSettings>& section_of(const RefuseSettings*) {
  using S = RefuseSettings;
  static const auto keys =
      config::Section<S>()
          .key("refuse", &S::checks, "What must be refused after the main upgrade passed.")
          .key("other_login", &S::other_login,
               "For wrong_audience: the login whose tokens are for somebody else.")
          .key("logout", &S::logout, "For logged_out: how a token is given back.")
          .key(
              "jwks", &S::jwks,
              "For hs256_confusion: the address of the public keys (a JWK set), if not that of the "
              "login's jwt.");
  return keys;
}

void add_needs(const RefuseSettings& settings, text::Needs& needs) {
  needs.add(settings.jwks);
  if (!settings.logout) return;
  needs.add_url(settings.logout->url);
  needs.add_values(settings.logout->headers);
  needs.add(settings.logout->body);
}

void vet(const RefuseSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place) {
  using enum RefusalCheck;
  const bool gives_back = std::ranges::find(settings.checks, logged_out) != settings.checks.end();
  if (gives_back && site.login && login_of_its_own(*site.login) == nullptr)
    reader.at("refuse").wrong(
        place,
        "logged_out gives back what it logs in with, and this login has nothing but the one token "
        "that all its runs live on; name a login that asks for one each time");
  const bool swaps = std::ranges::find(settings.checks, wrong_audience) != settings.checks.end();
  const auto is_same = [&](const auto& other) { return other->login == site.login; };
  if (swaps && site.login && std::ranges::any_of(site.others, is_same))
    reader.at("other_login")
        .wrong(place, "it is the probe's own login, whose tokens are good here");
  const bool confuses =
      std::ranges::find(settings.checks, hs256_confusion) != settings.checks.end();
  const bool redeems =
      std::ranges::find(settings.checks, refresh_as_access) != settings.checks.end();
  if (redeems && site.login && !site.login->asks() && site.login->redeemer() == nullptr)
    reader.at("refuse").wrong(
        place, "refresh_as_access needs a refresh token, and this login has the one token alone");
  if (confuses && settings.jwks.empty() && site.login && site.login->jwks.empty())
    reader.at("refuse").wrong(
        place, "hs256_confusion needs 'jwks', the address of the keys, here or in the login's jwt");
}

bool check(const RefuseSettings& settings, const session::SessionSettings& session,
           const config::Value& probe, const config::Reader& reader) {
  using enum RefusalCheck;
  const auto has = [&](RefusalCheck wanted) {
    return std::ranges::find(settings.checks, wanted) != settings.checks.end();
  };
  bool good = true;
  const auto need = [&](bool wrong, std::string what) {
    if (wrong) reader.at("refuse").wrong(probe.find("refuse")->place, std::move(what));
    good &= !wrong;
  };
  need(has(wrong_audience) && settings.other_login.empty(),
       "wrong_audience needs 'other_login', whose tokens are for somebody else");
  need(has(logged_out) && !settings.logout, "logged_out needs 'logout', how a token is given back");
  need(has(wrong_place) && session.socket.token_in.in == session::TokenPlacement::In::none,
       "wrong_place needs a place where the token belongs, but token_in is none");
  const bool only_origin =
      std::ranges::all_of(settings.checks, [](RefusalCheck one) { return one == foreign_origin; });
  need(!settings.checks.empty() && !only_origin && !needs_token(session),
       "the session carries no token, so none can be refused");
  return good;
}

}  // namespace sonde::upgrade
