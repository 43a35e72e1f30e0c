#include "probes/upgrade/refuse_secret.hpp"

#include <fmt/format.h>

#include <utility>

namespace sonde::upgrade {

namespace asio = boost::asio;

bool shows_wrong_secret(RefusalCheck check, const session::ProbeContext& site) {
  return check == RefusalCheck::wrong_password ||
         (site.has_secret_token() && !shows_good_token(check));
}

asio::awaitable<std::expected<auth::LoginGuard::WrongPassword, Checked>> claim_wrong_secret(
    const auth::Owner& owner, const RefusalSubject& subject) {
  const auto guard = subject.shared.token_cache.guard(owner, Clock::now());
  auto claiming = guard->claim_wrong_password();
  auto alone = co_await std::move(claiming);
  if (!alone) co_return std::unexpected(Checked{.wrong = alone.error()});
  const session::ProbeContext& site = subject.site;
  const auth::LockoutRules& rules = owner == site.secret_owner ? site.secret_lockout : site.lockout;
  if (const int refused = guard->counted(Clock::now()); 2 * (refused + 1) > rules.after)
    co_return std::unexpected(Checked{
        .not_performed = fmt::format("{} refused logins of the account are counted, of {} that may "
                                     "be",
                                     refused, rules.after)});
  co_return *std::move(alone);
}

asio::awaitable<Checked> show_right_secret(RefusalCheck check, const RefusalSubject& subject,
                                           Checked checked) {
  if (!checked.needs_control()) co_return checked;
  auto controlling = try_control(subject);
  const Control control = co_await std::move(controlling);
  checked.proven = !control.failure;
  if (!checked.proven)
    checked.wrong =
        with_check(check, Reason::refusal_unclear,
                   "the session with the right password fails as well: " + control.failure->detail);
  co_return checked;
}

}  // namespace sonde::upgrade
