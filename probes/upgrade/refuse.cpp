#include "probes/upgrade/refuse.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/diagnosis/observation.hpp"
#include "probes/upgrade/refuse_check.hpp"
#include "probes/upgrade/refuse_token.hpp"

namespace sonde::upgrade {
namespace {

namespace asio = boost::asio;

RefusalNote note_of(RefusalCheck check, const Checked& checked) {
  using State = RefusalNote::State;
  RefusalNote note{.check = std::string(name_of(check)), .state = State::refused, .why = {}};
  if (!checked.not_performed.empty()) {
    note.state = State::not_performed;
    note.why = checked.not_performed;
  } else if (checked.wrong) {
    const bool fails = row(checked.wrong->reason).outcome == Outcome::fail;
    note.state = fails ? State::failed : State::unclear;
    note.why = checked.wrong->detail;
  }
  return note;
}

// A pass-through is worse than an inconclusive check, whichever comes first.
bool outranks(const Verdict& found, const std::optional<Verdict>& verdict) {
  if (!verdict) return true;
  if (verdict->reason == Reason::auth_fail_open) return false;
  return found.reason == Reason::auth_fail_open ||
         (verdict->outcome == Outcome::inconclusive && found.outcome == Outcome::fail);
}

// The checks of a run: all of them, or the one whose turn it is and those that have failed before.
std::vector<RefusalCheck> due(const std::vector<RefusalCheck>& checks, const Attempt& attempt) {
  if (!attempt.refusal_turn || checks.empty()) return checks;
  const RefusalCheck turn = checks[*attempt.refusal_turn % checks.size()];
  std::vector<RefusalCheck> all;
  for (const RefusalCheck check : checks) {
    const bool stands = attempt.standing && attempt.standing->contains(std::string(name_of(check)));
    if (check == turn || stands) all.push_back(check);
  }
  return all;
}

// The checks of one run.
class Round {
 public:
  Round(const RefusalSubject& subject, const Attempt& attempt)
      : subject_(subject),
        attempt_(attempt),
        breaker_(subject.shared.breakers[subject.site.target_name]) {
    for (const RefusalCheck check : due(subject.settings.checks, attempt))
      tries_.push_back({.check = check, .checked = {}});
  }

  asio::awaitable<std::optional<Verdict>> run() {
    for (Try& one : tries_) {
      if (!breaker_.lets_check(Clock::now())) break;
      auto making = make(one, subject_);
      co_await std::move(making);
    }
    const auto unproven = [](const Try& one) { return one.made && one.checked.needs_control(); };
    controlled_ = breaker_.lets_check(Clock::now());
    if (controlled_ && std::ranges::any_of(tries_, unproven)) {
      auto controlling = try_control(subject_);
      const Control control = co_await std::move(controlling);
      for (Try& one : tries_) {
        if (!control.failure || !unproven(one)) continue;
        auto proving = prove(one, control);
        co_await std::move(proving);
      }
    }
    co_return conclude();
  }

 private:
  struct Try {
    RefusalCheck check;
    Checked checked;
    bool made = false;
  };

  asio::awaitable<void> make(Try& one, const RefusalSubject& subject) {
    auto checking = check_one(one.check, subject);
    one.checked = co_await std::move(checking);
    one.made = true;
    if (!one.checked.wrong && one.checked.seen.status != 0) breaker_.refused(Clock::now());
  }

  bool trips(const diagnosis::Observation& seen, std::string_view detail, Instant begun) {
    const Instant now = Clock::now();
    return suspects_breaker(seen, detail) && breaker_.tripped(now, now - begun);
  }

  // The login of the run is no longer accepted, so its refusals prove nothing: repeats the check
  // with a new login, and if that result was not reported before, reports it.
  asio::awaitable<void> prove(Try& one, const Control& before) {
    if (!breaker_.lets_check(Clock::now())) co_return doubt(one, before, Clock::now());
    auto logging_in = fresh_login(subject_);
    auto names = co_await std::move(logging_in);
    if (!names) co_return doubt(one, before, Clock::now());
    const RefusalSubject fresh = with(*names);
    auto making = make(one, fresh);
    co_await std::move(making);
    if (!one.checked.needs_control()) co_return;
    auto controlling = try_control(fresh);
    Control control = co_await std::move(controlling);
    if (!control.failure) co_return;
    auto logging_in_again = fresh_login(subject_);
    auto unused = co_await std::move(logging_in_again);
    const Instant begun = Clock::now();
    if (unused) {
      const RefusalSubject another = with(*unused);
      auto controlling_again = try_control(another);
      control = co_await std::move(controlling_again);
    }
    if (control.failure) doubt(one, control, begun);
  }

  RefusalSubject with(text::Names& names) const {
    return {subject_.settings, subject_.session, subject_.site,
            subject_.shared,   subject_.seed,    names,
            subject_.trace};
  }

  void doubt(Try& one, const Control& control, Instant begun) {
    const bool trip = trips(control.seen, control.failure->detail, begun);
    one.checked.wrong =
        with_check(one.check, trip ? Reason::breaker_open : Reason::refusal_unclear,
                   "the same upgrade with nothing wrong about it is not accepted either: " +
                       control.failure->detail);
  }

  void keep(const Try& one) {
    // What was refused in place of an expired token had been accepted there before.
    const bool shown = one.checked.seen.status != 0;
    if (attempt_.standing == nullptr || !shown) return;
    const std::string name(name_of(one.check));
    if (!one.checked.wrong && controlled_) attempt_.standing->erase(name);
    // A temporary failure of the server is a failure of this run only, and does not persist.
    const bool open = one.checked.wrong && one.checked.wrong->reason == Reason::auth_fail_open;
    if (!open) return;
    // Later runs report it, and their traces do not know the secrets of this one.
    const Failure& wrong = *one.checked.wrong;
    attempt_.standing->insert_or_assign(name,
                                        Failure{wrong.reason, subject_.trace.scrub(wrong.detail)});
  }

  std::optional<Verdict> conclude() {
    std::optional<Verdict> verdict;
    for (Try& one : tries_) {
      if (!one.made)
        one.checked.not_performed =
            "paused, for a breaker of the target seems to be open because of these checks";
      subject_.trace.refusals.push_back(note_of(one.check, one.checked));
      keep(one);
      if (!one.checked.wrong) continue;
      Verdict found = Verdict::of(Step::refuse, *one.checked.wrong);
      if (outranks(found, verdict)) verdict = std::move(found);
    }
    if (verdict && verdict->outcome == Outcome::fail) verdict->detail += others_failed(*verdict);
    return verdict;
  }

  // The verdict is about one check; the names of the other failed ones.
  std::string others_failed(const Verdict& verdict) const {
    std::string names;
    for (const Try& one : tries_) {
      const auto& wrong = one.checked.wrong;
      const bool failed = wrong && row(wrong->reason).outcome == Outcome::fail;
      if (failed && wrong->detail != verdict.detail)
        names += (names.empty() ? "" : ", ") + std::string(name_of(one.check));
    }
    return names.empty() ? "" : "; these fail as well: " + names;
  }

  const RefusalSubject& subject_;
  const Attempt& attempt_;
  session::Breaker& breaker_;
  std::vector<Try> tries_;
  bool controlled_ = false;  // no breaker prevents the control upgrade
};

}  // namespace

std::optional<Verdict> standing_verdict(const StandingRefusals& standing) {
  std::optional<Verdict> verdict;
  for (const auto& [check, failure] : standing) {
    Verdict found =
        Verdict::of(Step::refuse, {failure.reason, failure.detail + " (when last checked)"});
    if (outranks(found, verdict)) verdict = std::move(found);
  }
  return verdict;
}

void forget_others(const std::vector<RefusalCheck>& checks, StandingRefusals& standing) {
  std::erase_if(standing, [&](const auto& one) {
    return std::ranges::none_of(checks,
                                [&](RefusalCheck check) { return name_of(check) == one.first; });
  });
}

asio::awaitable<std::optional<Verdict>> check_refusals(const RefusalSubject& subject,
                                                       const Attempt& attempt) {
  Trace& trace = subject.trace;
  Round round(subject, attempt);
  const bool paused = !subject.shared.breakers[subject.site.target_name].lets_check(Clock::now());
  if (!paused) {
    trace.at(Step::refuse);
    trace.open(Phase::refuse);
  }
  auto running = round.run();
  auto verdict = co_await std::move(running);
  if (!paused) trace.close(Phase::refuse);
  auto standing = attempt.standing ? standing_verdict(*attempt.standing) : std::nullopt;
  if (standing && outranks(*standing, verdict)) verdict = std::move(standing);
  co_return verdict;
}

std::span<const config::Named<RefusalCheck>> names_of(const RefusalCheck*) {
  using enum RefusalCheck;
  static constexpr config::Named<RefusalCheck> names[] = {{"no_token", no_token},
                                                          {"garbage_token", garbage_token},
                                                          {"wrong_password", wrong_password},
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
               "For wrong_audience: the login whose tokens are for another audience.")
          .key("logout", &S::logout, "For logged_out: how a token is given back.")
          .key(
              "jwks", &S::jwks,
              "For hs256_confusion: the address of the public keys (a JWK set), if not that of the "
              "login's jwt.");
  return keys;
}

void add_needs(const RefuseSettings& settings, text::Needs& needs) {
  needs.add_url(settings.jwks);
  if (!settings.logout) return;
  needs.add_url(settings.logout->url);
  needs.add_headers(settings.logout->headers);
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
       "wrong_audience needs 'other_login', whose tokens are for another audience");
  need(has(logged_out) && !settings.logout, "logged_out needs 'logout', how a token is given back");
  need(has(wrong_place) && session.socket.token_in.in == session::TokenPlacement::In::none,
       "wrong_place needs a place where the token belongs, but token_in is none");
  const auto replaces_token = [](RefusalCheck one) {
    return one != foreign_origin && one != wrong_password;
  };
  need(std::ranges::any_of(settings.checks, replaces_token) && !needs_token(session),
       "the session carries no token, so none can be refused; where a password travels in the "
       "protocol, say wrong_password");
  return good;
}

}  // namespace sonde::upgrade
