#include "probes/plan/kinds.hpp"

#include "probes/chat/chat.hpp"
#include "probes/health/health.hpp"
#include "probes/isolation/isolation.hpp"
#include "probes/login/login.hpp"
#include "probes/plan/contradictions.hpp"
#include "probes/upgrade/upgrade.hpp"

namespace sonde::plan {
namespace {

template <class S>
const session::KindHooks<S>& hooks() {
  return hooks_of(static_cast<const S*>(nullptr));
}

// A socket without a ready message uses that of the dialect, and one without subprotocols offers
// those of the dialect.
void complete(session::SessionSettings& session) {
  session::Socket& socket = session.socket;
  const dialect::Dialect& dialect = *session.dialect;
  if (socket.ready.type.empty() && !socket.ready.silent) socket.ready.type = dialect.ready.type;
  if (!socket.subprotocols.empty() || dialect.subprotocols.empty()) return;
  socket.subprotocols = dialect.subprotocols;
  if (dialect.subprotocols.size() == 1 && socket.expect_subprotocol.empty())
    socket.expect_subprotocol = dialect.subprotocols.front();
}

bool find_dialect(const config::Value& value, const config::Reader& reader,
                  const dialect::DialectBook& book, session::SessionSettings& session) {
  const config::Value* named = value.find("dialect");
  if (named == nullptr) return true;
  if (auto found = dialect::find_dialect(book, *named, reader.at("dialect")))
    session.dialect = found;
  return session.dialect->name == named->text;
}

// What the settings of a kind have for the checks of contradictions.
ProbeParts parts_of(const health::HealthSettings& settings) {
  return {.common = &settings.common, .health = &settings};
}
ProbeParts parts_of(const login::LoginSettings& settings) {
  return {.common = &settings.common, .identity = &settings.identity};
}
ProbeParts of_session(const Common& common, const session::SessionSettings& session) {
  return {.common = &common, .session = &session, .identity = &session.socket.ready.identity};
}
ProbeParts parts_of(const upgrade::UpgradeSettings& settings) {
  ProbeParts parts = of_session(settings.common, settings.session);
  parts.upgrade = &settings;
  return parts;
}
ProbeParts parts_of(const chat::ChatSettings& settings) {
  ProbeParts parts = of_session(settings.common, settings.session);
  parts.chat = &settings;
  return parts;
}
ProbeParts parts_of(const isolation::IsolationSettings& settings) {
  ProbeParts parts = parts_of(settings.chat);
  parts.isolation = &settings;
  return parts;
}

// Reads the keys over the values that they override.
template <class S>
bool read_keys(const config::Value& value, const config::Reader& reader, const Defaults& defaults,
               S& settings) {
  const session::KindParts parts = hooks<S>().parts(settings);
  parts.common = defaults.common;
  bool known = true;
  if (parts.session != nullptr) {
    if (defaults.socket != nullptr) parts.session->socket = *defaults.socket;
    known = find_dialect(value, reader, defaults.dialects, *parts.session);
  }
  const bool good = hooks<S>().read != nullptr ? hooks<S>().read(value, reader, settings)
                                               : config::section<S>().read(value, reader, settings);
  if (!good || !known) return false;
  if (parts.session == nullptr) return true;
  complete(*parts.session);
  const session::Socket& socket = parts.session->socket;
  return dialect::check(socket.refused_by, socket.ready, *parts.session->dialect, reader,
                        value.place);
}

template <class S>
ParsedProbe draft_of(const std::shared_ptr<S>& settings) {
  const session::KindHooks<S>& hook = hooks<S>();
  const session::KindParts parts = hook.parts(*settings);
  ParsedProbe parsed{.heading = parts.heading,
                     .common = parts.common,
                     .needs = {},
                     .url = {},
                     .events = {},
                     .steps = {},
                     .others = {},
                     .vet = {},
                     .make = {}};
  if (parts.session != nullptr) {
    parsed.url = parts.session->socket.url.text();
    parsed.has_socket = !parsed.url.empty() || !parts.socket_optional;
  } else if (parts.url != nullptr) {
    parsed.url = parts.url->text();
  }
  hook.add_needs(*settings, parsed.needs);
  if (hook.steps != nullptr) parsed.steps = hook.steps(*settings);
  if (hook.events != nullptr) parsed.events = hook.events(*settings);
  if (hook.others != nullptr) parsed.others = hook.others(*settings);
  if (hook.vet != nullptr)
    parsed.vet = [settings](const session::ProbeContext& site, const config::Reader& at,
                            const config::Place& place) {
      hooks<S>().vet(*settings, site, at, place);
    };
  parsed.make = [settings](std::shared_ptr<const session::ProbeContext> site,
                           session::Shared& shared) {
    return hooks<S>().make(settings, std::move(site), shared);
  };
  return parsed;
}

template <class S>
std::optional<ParsedProbe> read(const config::Value& value, const config::Reader& reader,
                                const Defaults& defaults) {
  auto settings = std::make_shared<S>();
  if (!read_keys(value, reader, defaults, *settings)) return std::nullopt;
  const config::Value* dialect = value.find("dialect");
  const bool was_told = dialect != nullptr && defaults.dialects.wrong.contains(dialect->text);
  if (!was_told) check(parts_of(*settings), value, reader);
  return draft_of(settings);
}

template <class S>
Kind kind(std::string_view name, std::string_view help, std::vector<Step> steps,
          std::vector<std::string_view> run_names) {
  return {name,
          help,
          steps,
          run_names,
          read<S>,
          [] { return config::section<S>().schema(); },
          [](const std::string& prefix) { return config::section<S>().table(prefix); }};
}

using enum Step;

}  // namespace

// One row for each kind; no other code lists them.
std::span<const Kind> kinds() {
  static const std::vector<Kind> table = {
      kind<health::HealthSettings>("health", "One HTTP endpoint says that the service is well.",
                                   {health}, {"token", "refresh_token", "cookies"}),
      kind<login::LoginSettings>("login", "A user can log in and gets a usable token.", {login},
                                 {"token", "refresh_token", "cookies"}),
      kind<upgrade::UpgradeSettings>(
          "upgrade", "A WebSocket opens and is ready; bad tokens are refused.",
          {login, upgrade, ready, hold, refuse}, {"token", "refresh_token", "cookies"}),
      kind<chat::ChatSettings>("chat",
                               "A message is answered, with every event, by the right answer.",
                               {login, upgrade, ready, events, answer},
                               {"token", "refresh_token", "cookies", "challenge"}),
      kind<isolation::IsolationSettings>(
          "isolation", "No user receives what belongs to another.",
          {login, upgrade, ready, events, answer, isolation},
          {"token", "refresh_token", "cookies", "challenge", "canary", "session"}),
  };
  return table;
}

const Kind* kind_named(std::string_view name) {
  for (const auto& row : kinds())
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace sonde::plan
