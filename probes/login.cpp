#include "probes/login.hpp"

#include <utility>

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

asio::awaitable<std::expected<void, Failure>> log_in(const Site& site, Shared& shared,
                                                     text::Names& names, Trace& trace) {
  trace.at(Step::login);
  trace.open(Phase::login);
  if (site.login->asks()) trace.auth_begun(Step::login);
  auth::Context context{.network = shared.network,
                        .keeper = shared.keeper,
                        .account = site.account,
                        .names = names,
                        .trace = trace};
  auto running = site.login->run(context);
  auto token = co_await std::move(running);
  if (!token) co_return std::unexpected(token.error());
  trace.auth_succeeded(Step::login);
  names.set("token", std::move(token->value));
  trace.close(Phase::login);
  co_return std::expected<void, Failure>();
}

}  // namespace sonde
