#include "probes/upgrade/upgrade.hpp"

#include <algorithm>
#include <utility>

#include "probes/diagnosis/session_probe.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/log_in.hpp"
#include "probes/upgrade/refuse_password.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

// The expiry of the used token, according to the login.
std::optional<Instant> expiry_said(const session::ProbeContext& site, session::Shared& shared,
                                   const text::Names& names) {
  const auth::CachedLogin& cached = shared.token_cache.cached(site.account, Clock::now());
  const std::string* token = names.find("token");
  const bool known = cached.token && cached.token->lifetime && token != nullptr;
  if (!known || cached.token->value != *token) return std::nullopt;
  return cached.got + *cached.token->lifetime;
}

class UpgradeProbe : public diagnosis::SessionProbe {
 public:
  UpgradeProbe(const std::shared_ptr<const UpgradeSettings>& settings,
               std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : diagnosis::SessionProbe(settings->session, std::move(site), shared), settings_(settings) {}

 private:
  asio::awaitable<Verdict> use(net::Websocket& session, text::Names& names,
                               Trace& trace) const override {
    if (!settings_->hold) {
      auto leaving = session::leave_ready(session, settings_->session, names, trace);
      auto refused = co_await std::move(leaving);
      co_return refused ? Verdict::of(Step::ready, *std::move(refused)) : Verdict::pass();
    }
    const HeldAt at{shared().network, settings_->session.socket,
                    expiry_said(site(), shared(), names)};
    auto holding =
        hold_session(session, *settings_->hold, *settings_->session.dialect, at, names, trace);
    auto failed = co_await std::move(holding);
    co_return failed ? Verdict::of(Step::hold, *std::move(failed)) : Verdict::pass();
  }

  asio::awaitable<Verdict> afterwards(const Attempt& attempt, text::Names& names,
                                      Trace& trace) const override {
    if (attempt.standing) forget_others(settings_->refuse.checks, *attempt.standing);
    if (settings_->refuse.checks.empty()) co_return Verdict::pass();
    if (!attempt.check_refusals) co_return conclude(standing(attempt), trace);
    const RefusalSubject subject{
        settings_->refuse, settings_->session, site(), shared(), attempt.seed, names, trace};
    auto checking = check_refusals(subject, attempt);
    auto wrong = co_await std::move(checking);
    co_return conclude(wrong ? *std::move(wrong) : Verdict::pass(), trace);
  }

  // A session that the endpoint opens, and that it refuses a visitor, is that of a user.
  Verdict conclude(Verdict verdict, Trace& trace) const {
    const auto& checks = settings_->refuse.checks;
    const bool refuses_visitors = std::ranges::find(checks, RefusalCheck::no_token) != checks.end();
    if (refuses_visitors && verdict.outcome == Outcome::pass) prove_login(site(), shared(), trace);
    return verdict;
  }

  // A failed check stays failed until the same check passes.
  static Verdict standing(const Attempt& attempt) {
    auto verdict = attempt.standing ? standing_verdict(*attempt.standing) : std::nullopt;
    return verdict ? *std::move(verdict) : Verdict::pass();
  }

  std::shared_ptr<const UpgradeSettings> settings_;
};

}  // namespace

const config::Section<UpgradeSettings>& section_of(const UpgradeSettings*) {
  using S = UpgradeSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, config::section<ProbeHeader>())
          .also(&S::common, config::section<Common>())
          .also(&S::session, config::section<session::SessionSettings>())
          .key("hold", &S::hold, "How long the ready session is kept, and what becomes of it.")
          .also(&S::refuse, config::section<RefuseSettings>());
  return keys;
}

namespace {

bool read_settings(const config::Value& value, const config::Reader& reader, UpgradeSettings& out) {
  if (!config::section<UpgradeSettings>().read(value, reader, out)) return false;
  if (!check(out.refuse, out.session, value, reader)) return false;
  constexpr Span usual_within = std::chrono::seconds(5);
  if (out.refuse.logout && !out.refuse.logout->within)
    out.refuse.logout->within = std::min(usual_within, out.common.timeout / 2);
  if (!out.hold || out.hold->length < out.common.timeout) return true;
  reader.at("hold").wrong(value.find("hold")->place,
                          "it holds for " + config::show(out.hold->length) +
                              ", but its timeout is " + config::show(out.common.timeout) +
                              "; the timeout has to cover it");
  return false;
}

void add_needs(const UpgradeSettings& settings, text::Needs& needs) {
  add_needs(settings.session, needs);
  add_needs(settings.refuse, needs);
}

void vet(const UpgradeSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place) {
  vet(settings.refuse, site, reader, place);
  const auto& checks = settings.refuse.checks;
  if (std::ranges::find(checks, RefusalCheck::wrong_password) == checks.end()) return;
  if (!shows_password(settings.session, site))
    reader.at("refuse").wrong(place,
                              "wrong_password needs a password: neither the login nor the socket "
                              "nor the dialect uses a secret of the identity");
  else if (site.lockout.after < 2)
    reader.at("refuse").wrong(place,
                              "wrong_password shows one wrong password, and lockout.after of the "
                              "login or target allows no more refusals than that; it has to be at "
                              "least 2");
}

std::vector<session::IdentityRef> others_of(const UpgradeSettings& settings) {
  const std::string& other = settings.refuse.other_login;
  if (other.empty()) return {};
  return {{.as = {settings.common.as, "as", {}}, .login = {other, "other_login", {}}}};
}

}  // namespace

const session::KindHooks<UpgradeSettings>& hooks_of(const UpgradeSettings*) {
  using S = UpgradeSettings;
  static constexpr session::KindHooks<S> hooks{.parts = [](S& settings) -> session::KindParts {
                                                 return {.heading = settings.heading,
                                                         .common = settings.common,
                                                         .session = &settings.session};
                                               },
                                               .add_needs = add_needs,
                                               .make = session::make_probe<UpgradeProbe, S>,
                                               .read = read_settings,
                                               .others = others_of,
                                               .vet = vet};
  return hooks;
}

}  // namespace sonde::upgrade
