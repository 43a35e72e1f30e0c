#include "probes/login/login.hpp"

#include <utility>

#include "probes/login/logins_at_once.hpp"
#include "probes/session/log_in.hpp"

namespace sonde::login {
namespace {

namespace asio = boost::asio;

// Whether only a usable token is required.
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

// The part of a session's settings that a login probe needs to use its token.
const config::Section<session::SessionSettings>& section_of_use() {
  static const auto keys =
      config::Section<session::SessionSettings>()
          .key("socket", &session::SessionSettings::socket_name,
               "The socket for which, and for whose `rest` address, a token is used at the same "
               "moment.")
          .key("dialect", &session::SessionSettings::dialect_name,
               "The chat protocol of that socket.");
  return keys;
}

bool uses_socket(const LoginSettings& settings) { return !settings.session.socket_name.empty(); }

// Whether the method itself, or the one that gives its first refresh token, is used each time.
bool asks_each_time(const auth::Login& login) {
  const auth::Redeemer* redeemer = login.redeemer();
  return redeemer != nullptr ? redeemer->first() != nullptr : login.asks();
}

}  // namespace

const config::Section<LoginSettings>& section_of(const LoginSettings*) {
  using S = LoginSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::heading, config::section<ProbeHeader>())
          .also(&S::common, config::section<Common>())
          .key("parallel", &S::parallel,
               "How many logins are made at once; no two may get the same token.",
               {.min = 1, .max = 32})
          .key("users", &S::users, "Identities that log in besides `as`, in turn.",
               {.max = 31, .repeats = true})
          .key("same_user", &S::same_user,
               "Whether logins of one user may get the same token: allow or forbid.")
          .key("identity", &S::identity,
               "Who the token must be for; `at` is a place in the claims of a JWT.")
          .also(&S::session, section_of_use())
          .key("refresh", &S::refresh,
               "A refresh token is redeemed twice at once, and what must become of it.");
  return keys;
}

namespace {

bool read_settings(const config::Value& value, const config::Reader& reader, LoginSettings& out) {
  if (!config::section<LoginSettings>().read(value, reader, out)) return false;
  if (std::cmp_less(out.parallel, out.users.size() + 1)) {
    reader.at("users").wrong(value.find("users")->place,
                             "parallel is " + std::to_string(out.parallel) +
                                 ", which is not enough for " + std::to_string(out.users.size()) +
                                 " users besides `as`");
    return false;
  }
  if (!uses_socket(out) || !out.session.socket.rest.empty()) return true;
  reader.at("socket").wrong(value.find("socket")->place,
                            "the socket '" + out.session.socket_name +
                                "' has no 'rest', an address that a GET with the token opens");
  return false;
}

void add_needs(const LoginSettings& settings, text::Needs& needs) {
  needs.all.push_back({"token", {}});
  if (settings.identity.equals) needs.add(*settings.identity.equals);
  if (uses_socket(settings)) add_needs(settings.session, needs);
}

std::vector<session::IdentityRef> others_of(const LoginSettings& settings) {
  std::vector<session::IdentityRef> all;
  all.reserve(settings.users.size());
  for (const auto& user : settings.users)
    all.push_back({.as = {user, "users", {}}, .login = {settings.common.login, "login", {}}});
  return all;
}

void vet(const LoginSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place& place) {
  const auth::Login& login = *site.login;
  if (settings.parallel > 1 && (!asks_each_time(login) || !login.gives_token()))
    reader.at("parallel").wrong(place, "its login gives no token of its own each time");
  if (settings.parallel > site.lockout.after)
    reader.at("parallel")
        .warn(place,
              "no more than lockout.after (" + std::to_string(site.lockout.after) +
                  ") are made at the same time, so that refused ones do not lock the account");
  if (settings.refresh && !(login.redeemer() != nullptr && asks_each_time(login)))
    reader.at("refresh").wrong(place,
                               "its login has to be of method refresh, with a login inside that "
                               "gives a refresh token each time");
}

}  // namespace

const session::KindHooks<LoginSettings>& hooks_of(const LoginSettings*) {
  using S = LoginSettings;
  static constexpr session::KindHooks<S> hooks{.parts = [](S& settings) -> session::KindParts {
                                                 return {.heading = settings.heading,
                                                         .common = settings.common,
                                                         .session = &settings.session,
                                                         .socket_optional = true};
                                               },
                                               .add_needs = add_needs,
                                               .make = session::make_probe<LoginProbe, S>,
                                               .read = read_settings,
                                               .others = others_of,
                                               .vet = vet};
  return hooks;
}

}  // namespace sonde::login
