#include "probes/login/token_use.hpp"

#include <string>
#include <utility>
#include <vector>

#include "probes/core/pause.hpp"
#include "probes/core/when_all.hpp"
#include "probes/session/after_ready.hpp"
#include "probes/session/question.hpp"
#include "probes/session/rest.hpp"

namespace sonde::login {
namespace {

namespace asio = boost::asio;

// Longer than the second within which some services reject a reuse.
constexpr Span pause_before_alone = std::chrono::seconds(2);

bool is_good(const Verdict& use) { return use.outcome == Outcome::pass; }

Failure unclear(std::string_view use, const Verdict& verdict) {
  return {Reason::reuse_unclear, std::string(use) + " with the token failed: " +
                                     std::string(name(verdict.reason)) + ", " + verdict.detail};
}

// State that both uses share. Its members have to outlive it.
class Uses {
 public:
  Uses(const session::SessionSettings& settings, const session::ProbeContext& site,
       session::Shared& shared, const text::Names& names, Trace& trace)
      : settings_(settings), site_(site), shared_(shared), names_(names), trace_(trace) {}

  asio::awaitable<TokenUses> make() {
    TokenUses uses;
    Trace plain = trace_.aside(), upgrade = trace_.aside();
    std::vector<asio::awaitable<void>> both;
    both.push_back(ask(plain, uses.plain));
    both.push_back(open(upgrade, uses.upgrade));
    auto using_both = when_all(std::move(both));
    co_await std::move(using_both);
    trace_.absorb(std::move(plain), "rest");
    trace_.absorb(std::move(upgrade), "upgrade");
    if (is_refused(uses.plain) || is_refused(uses.upgrade)) {
      auto repeating = repeat(uses);
      co_await std::move(repeating);
    }
    co_return uses;
  }

 private:
  asio::awaitable<void> ask(Trace& trace, Verdict& verdict) {
    auto request = rest_request(settings_.socket, names_);
    if (!request) {
      verdict = Verdict::of(Step::upgrade, request.error());
      co_return;
    }
    text::Names names = names_;
    auto asking =
        session::ask_plainly(session::Question::of_rest(settings_.socket, site_),
                             *std::move(request), settings_, site_, shared_, names, trace);
    verdict = co_await std::move(asking);
  }

  asio::awaitable<void> open(Trace& trace, Verdict& verdict) {
    text::Names names = names_;
    const auto request = build_upgrade(settings_.socket, session::TokenUse::valid, names);
    if (!request) {
      verdict = Verdict::of(Step::upgrade, request.error());
      co_return;
    }
    auto opening = open_socket(*request, settings_, site_, shared_, names, trace);
    session::Opened opened = co_await std::move(opening);
    verdict = opened.failure ? *std::move(opened.failure) : Verdict::pass();
    if (!opened.session) co_return;
    auto leaving = session::leave_unused(opened, settings_, names, trace);
    verdict = co_await std::move(leaving);
  }

  asio::awaitable<void> repeat(TokenUses& uses) {
    auto waiting = pause(pause_before_alone);
    co_await std::move(waiting);  // after a cancellation both uses report it
    Trace alone = trace_.aside();
    if (is_refused(uses.plain)) {
      auto asking = ask(alone, uses.plain_alone.emplace());
      co_await std::move(asking);
    }
    if (is_refused(uses.upgrade)) {
      auto opening = open(alone, uses.upgrade_alone.emplace());
      co_await std::move(opening);
    }
    trace_.absorb(std::move(alone), "alone");
  }

  const session::SessionSettings& settings_;
  const session::ProbeContext& site_;
  session::Shared& shared_;
  const text::Names& names_;
  Trace& trace_;
};

std::optional<Failure> cut_in(const TokenUses& uses) {
  for (const auto* use : {&uses.plain, &uses.upgrade})
    if (use->reason == Reason::cut) return cut_failure();
  for (const auto* alone : {&uses.plain_alone, &uses.upgrade_alone})
    if (*alone && (*alone)->reason == Reason::cut) return cut_failure();
  return std::nullopt;
}

}  // namespace

bool is_refused(const Verdict& use) {
  using enum Reason;
  return use.reason == unauthorized || use.reason == forbidden ||
         use.reason == forbidden_or_no_route || use.reason == auth_rejected_after_accept;
}

std::optional<Failure> judge_uses(const TokenUses& uses) {
  const auto& [plain, upgrade, plain_alone, upgrade_alone] = uses;
  if (is_good(plain) && is_good(upgrade)) return std::nullopt;
  for (const auto& [use, verdict] :
       {std::pair("a plain request", &plain), {"an upgrade", &upgrade}})
    if (!is_good(*verdict) && !is_refused(*verdict)) return unclear(use, *verdict);
  if (plain_alone && is_refused(*plain_alone))
    return Failure{Reason::token_refused, "a plain request, alone: " + plain_alone->detail};
  if (upgrade_alone && is_refused(*upgrade_alone))
    return Failure{Reason::socket_unauthorized, "an upgrade, alone: " + upgrade_alone->detail};
  if (plain_alone && !is_good(*plain_alone)) return unclear("a plain request", *plain_alone);
  if (upgrade_alone && !is_good(*upgrade_alone)) return unclear("an upgrade", *upgrade_alone);
  const Verdict& refused = is_refused(plain) ? plain : upgrade;
  return Failure{Reason::token_reuse_rejected,
                 std::string(is_refused(plain) ? "the plain request" : "the upgrade") +
                     " was refused beside the other use, and alone it is good: " + refused.detail};
}

asio::awaitable<std::optional<Failure>> use_at_once(const session::SessionSettings& settings,
                                                    const session::ProbeContext& site,
                                                    session::Shared& shared,
                                                    const text::Names& names, Trace& trace) {
  Uses uses(settings, site, shared, names, trace);
  auto making = uses.make();
  const TokenUses made = co_await std::move(making);
  if (auto cut = cut_in(made)) co_return cut;
  co_return judge_uses(made);
}

}  // namespace sonde::login
