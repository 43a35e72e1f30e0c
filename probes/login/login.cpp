#include "probes/login/login.hpp"

#include <utility>

#include "probes/login/logins_at_once.hpp"
#include "probes/session/log_in.hpp"

namespace sonde::login {
namespace {

namespace asio = boost::asio;

// Whether it is asked for more than a usable token.
bool is_plain(const LoginSettings& settings) {
  return settings.parallel == 1 && !settings.identity.at && !settings.refresh &&
         settings.session.socket_name.empty();
}

class LoginProbe : public Probe {
 public:
  LoginProbe(std::shared_ptr<const LoginSettings> settings,
             std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(std::move(settings)), site_(std::move(site)), shared_(shared) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    trace.at(Step::login);
    if (!is_plain(*settings_)) {
      LoginsAtOnce logins(*settings_, *site_, shared_, attempt.seed, trace);
      auto running = logins.run();
      Verdict verdict = co_await std::move(running);
      co_return verdict;
    }
    auto names = site_->names(attempt.seed, trace);
    if (!names) co_return Verdict::of(Step::login, names.error());
    auto logging_in = log_in(*site_, shared_, *names, trace);
    auto done = co_await std::move(logging_in);
    if (!done) co_return Verdict::of(Step::login, done.error());
    co_return Verdict::pass();
  }

 private:
  std::shared_ptr<const LoginSettings> settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
};

}  // namespace

std::unique_ptr<Probe> make_probe(std::shared_ptr<const LoginSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared) {
  return std::make_unique<LoginProbe>(std::move(settings), std::move(site), shared);
}

}  // namespace sonde::login
