#include "probes/login.hpp"

#include <utility>

#include "probes/auth/hide.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

class LoginProbe : public Probe {
 public:
  LoginProbe(std::shared_ptr<const Site> site, Shared& shared)
      : site_(std::move(site)), shared_(shared) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    trace.at(Step::login);
    auto names = site_->names(attempt.seed, trace);
    if (!names) co_return Verdict::of(Step::login, names.error());
    auto logging_in = log_in(*site_, shared_, *names, trace);
    auto done = co_await std::move(logging_in);
    if (!done) co_return Verdict::of(Step::login, done.error());
    co_return Verdict::pass();
  }

 private:
  std::shared_ptr<const Site> site_;
  Shared& shared_;
};

// Tells templates of a token, and the trace to show none of it.
auth::Token known(const auth::Token& token, text::Names& names, Trace& trace) {
  names.set("token", token.value);
  names.set("refresh_token", token.refresh);
  for (const auto& [name, value] : token.named) names.set("login." + name, value);
  for (const std::string* secret : {&token.value, &token.refresh})
    if (!secret->empty()) auth::hide(trace, *secret);
  for (const auto& [name, value] : token.named) auth::hide(trace, value);
  for (const auto& cookie : token.cookies.all())
    if (cookie.value.size() >= 8) auth::hide(trace, cookie.value);
  return token;
}

}  // namespace

const config::Section<LoginSettings>& section_of(const LoginSettings*) {
  static const auto keys =
      config::Section<LoginSettings>()
          .also(&LoginSettings::heading, section_of(static_cast<const Heading*>(nullptr)))
          .also(&LoginSettings::common, section_of(static_cast<const Common*>(nullptr)));
  return keys;
}

void add_needs(const LoginSettings&, text::Needs& needs) { needs.all.push_back({"token", {}}); }

std::unique_ptr<Probe> make_probe(std::shared_ptr<const LoginSettings>,
                                  std::shared_ptr<const Site> site, Shared& shared) {
  return std::make_unique<LoginProbe>(std::move(site), shared);
}

asio::awaitable<std::expected<auth::Token, Failure>> log_in(const Site& site, Shared& shared,
                                                            text::Names& names, Trace& trace,
                                                            double reuse) {
  trace.at(Step::login);
  auth::Purse& purse = shared.keeper.purse(site.account, Clock::now());
  if (const auth::Token* kept = auth::reusable(purse, reuse, Clock::now()))
    co_return known(*kept, names, trace);
  trace.open(Phase::login);
  const bool asks = site.login->asks();
  if (auto held = asks ? purse.lockout.ask(site.login->lockout, Clock::now()) : std::nullopt)
    co_return std::unexpected(std::move(*held));
  if (asks) trace.auth_begun(Step::login);
  auth::Context context{.network = shared.network,
                        .keeper = shared.keeper,
                        .account = site.account,
                        .names = names,
                        .trace = trace};
  auto running = site.login->run(context);
  const auto token = co_await std::move(running);
  purse.lockout.note(token ? Reason::ok : token.error().reason, Clock::now());
  if (!token) co_return token;
  auth::remember(purse, *token, Clock::now());
  trace.auth_succeeded(Step::login);
  trace.close(Phase::login);
  co_return known(*token, names, trace);
}

}  // namespace sonde
