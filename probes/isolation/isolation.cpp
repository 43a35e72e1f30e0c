#include "probes/isolation/isolation.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "probes/isolation/isolation_run.hpp"
#include "probes/session/secret_trial.hpp"

namespace sonde::isolation {
namespace {

namespace asio = boost::asio;

// That of the chat; the canary is always part of the prompt.
dialect::ChatExchange turn_of(const std::shared_ptr<const IsolationSettings>& settings) {
  dialect::ChatExchange turn =
      turn_of(std::shared_ptr<const chat::ChatSettings>(settings, &settings->chat));
  const auto names = turn.prompt.names();
  if (std::ranges::find(names, "canary") != names.end()) return turn;
  if (auto prompt = text::Template::parse(turn.prompt.text() + " (Reference: {{canary}})"))
    turn.prompt = std::move(*prompt);
  return turn;
}

class IsolationProbe : public Probe {
 public:
  IsolationProbe(std::shared_ptr<const IsolationSettings> settings,
                 std::shared_ptr<const session::ProbeContext> site, session::Shared& shared)
      : settings_(std::move(settings)),
        site_(std::move(site)),
        shared_(shared),
        turn_(turn_of(settings_)) {}

  asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    IsolationRun run(*settings_, turn_, *site_, shared_, attempt.seed, trace);
    auto running = run.run();
    Verdict verdict = co_await std::move(running);
    co_return verdict;
  }

 private:
  std::shared_ptr<const IsolationSettings> settings_;
  std::shared_ptr<const session::ProbeContext> site_;
  session::Shared& shared_;
  dialect::ChatExchange turn_;
};

}  // namespace

const config::Section<SessionSpec>& section_of(const SessionSpec*) {
  static const auto keys =
      config::Section<SessionSpec>()
          .key("as", &SessionSpec::as, "Which of the identities it is.",
               {.required = true, .filled = true})
          .key("login", &SessionSpec::login, "Which of the logins it uses, if not the probe's.")
          .key("silent", &SessionSpec::silent, "It asks nothing, so it must receive nothing.");
  return keys;
}

const config::Section<IsolationSettings>& section_of(const IsolationSettings*) {
  using S = IsolationSettings;
  static const auto keys =
      config::Section<S>()
          .also(&S::chat, config::section<chat::ChatSettings>())
          .key("sessions", &S::sessions, "Who chats at once.",
               {.required = true, .min = 2, .max = 16, .repeats = true})
          .key("listener", &S::listener,
               "Whether a further session of the last one's user listens and asks nothing.")
          .key("abort", &S::abort,
               "Whether a further session of the first one's user is cut in mid-stream and comes "
               "back.")
          .key("same_user", &S::same_user,
               "Whether sessions of one user may receive what is another's (several tabs).")
          .key("canary", &S::canary,
               "A text that only one session gets; it may use {{session}} and nonce(n).")
          .key("ids", &S::ids,
               "Names of JSON members that hold ids, of which no two users may share one.")
          .key("cross_access", &S::cross_access,
               "What one user asks of another's, by his own token, and must be refused.");
  return keys;
}

namespace {

bool several_users(const IsolationSettings& settings) {
  std::set<std::string> users;
  for (const auto& session : settings.sessions) users.insert(session.as);
  return users.size() > 1 || settings.same_user == session::SameUser::forbid;
}

bool two_speakers(const IsolationSettings& settings) {
  std::set<std::string> users;
  for (const auto& session : settings.sessions)
    if (!session.silent) users.insert(session.as);
  return users.size() > 1;
}

bool anybody_speaks(const IsolationSettings& settings) {
  return std::ranges::any_of(settings.sessions, [](const auto& one) { return !one.silent; });
}

}  // namespace

bool is_random(const text::Template& text) {
  constexpr std::string_view nonce = "nonce(";
  constexpr int least = 8;
  int characters = text.text().contains("uuid(") ? least : 0;
  for (auto at = text.text().find(nonce); at != std::string::npos;
       at = text.text().find(nonce, at + 1))
    characters += std::max(0, std::atoi(text.text().c_str() + at + nonce.size()));
  return characters >= least;
}

namespace {

// The first session is the probe's own, so `as` need not be repeated.
bool read_settings(const config::Value& value, const config::Reader& reader,
                   IsolationSettings& out) {
  out.chat.rules = out.chat.session.dialect->rules_of_events;
  if (!config::section<IsolationSettings>().read(value, reader, out)) return false;
  if (out.chat.common.as.empty()) out.chat.common.as = out.sessions.front().as;
  const config::Place& place = value.find("sessions")->place;
  if (!several_users(out))
    reader.at("sessions")
        .wrong(place,
               "all are of one user, who may receive all of it; name two, or same_user: forbid");
  if (out.cross_access && !two_speakers(out))
    reader.at("cross_access")
        .wrong(value.find("cross_access")->place,
               "it takes sessions of two users that are not silent");
  if (!is_random(out.canary))
    reader.at("canary").wrong(
        value.find("canary")->place,
        "two sessions may have the same one; it needs {{nonce(8)}} or more, or {{uuid()}}");
  if (!anybody_speaks(out)) reader.at("sessions").wrong(place, "all of them are silent");
  return dialect::check(out.chat.rules, reader, value.place) && several_users(out) &&
         is_random(out.canary) && anybody_speaks(out) && (!out.cross_access || two_speakers(out));
}

void add_needs(const IsolationSettings& settings, text::Needs& needs) {
  add_needs(settings.chat, needs);
  needs.add(settings.canary);
  if (settings.cross_access)
    add_needs(*settings.cross_access, *settings.chat.session.dialect, needs);
}

std::vector<session::IdentityRef> others_of(const IsolationSettings& settings) {
  std::vector<session::IdentityRef> all;
  for (const auto& session : settings.sessions) {
    const std::string& login = session.login.empty() ? settings.chat.common.login : session.login;
    all.push_back({.as = {session.as, "sessions", session.place},
                   .login = {login, session.login.empty() ? "login" : "sessions", session.place}});
  }
  return all;
}

// Each session that shows the password may be refused.
void vet(const IsolationSettings& settings, const session::ProbeContext& site,
         const config::Reader& reader, const config::Place&) {
  std::map<auth::Owner, int> sessions;
  const auto add = [&](const session::ProbeContext& one, int count) {
    if (secret_in(settings.chat.session, one) == session::SecretIn::nothing) return;
    const int after = one.secret_lockout.after;
    int& all = sessions[one.secret_owner];
    const int before = std::exchange(all, all + count);
    if (before > after || all <= after) return;  // the first that is too many is reported
    reader.at("sessions")
        .wrong(settings.sessions.front().place,
               "it opens more sessions of '" + one.identity_name +
                   "' than lockout.after of the login or target allows refusals (" +
                   std::to_string(after) +
                   "), and each shows the password; allow more refusals, or open fewer sessions");
  };
  for (const auto& other : site.others) add(*other, 1);
  if (settings.listener) add(*site.others.back(), 1);
  if (settings.abort) add(*site.others.front(), 2);
}

}  // namespace

const session::KindHooks<IsolationSettings>& hooks_of(const IsolationSettings*) {
  using S = IsolationSettings;
  static constexpr session::KindHooks<S> hooks{.parts = [](S& settings) -> session::KindParts {
                                                 return {.heading = settings.chat.heading,
                                                         .common = settings.chat.common,
                                                         .session = &settings.chat.session};
                                               },
                                               .add_needs = add_needs,
                                               .make = session::make_probe<IsolationProbe, S>,
                                               .read = read_settings,
                                               .others = others_of,
                                               .vet = vet};
  return hooks;
}

}  // namespace sonde::isolation

namespace sonde::config {

bool Codec<isolation::SessionSpec>::read(const Value& value, const Reader& reader, const Rule&,
                                         isolation::SessionSpec& out) {
  out.place = value.place;
  return section<isolation::SessionSpec>().read(value, reader, out);
}

Value Codec<isolation::SessionSpec>::schema(const Rule&) {
  return section<isolation::SessionSpec>().schema();
}

}  // namespace sonde::config
