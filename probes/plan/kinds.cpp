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
const config::Section<S>& section() {
  return config::section<S>();
}

// The settings of a kind, and those that it shares with a chat.
template <class S>
auto& base_of(S& settings) {
  if constexpr (requires { settings.chat; })
    return settings.chat;
  else
    return settings;
}

template <class S>
void describe(const S& settings, ParsedProbe& parsed) {
  const auto& base = base_of(settings);
  if constexpr (requires { base.session; }) {
    parsed.url = base.session.socket.url.text();
    parsed.has_socket = !parsed.url.empty() || !requires { S::socket_optional; };
  } else if constexpr (requires { settings.url; }) {
    parsed.url = settings.url.text();
  }
  if constexpr (requires { steps_of(settings); }) parsed.steps = steps_of(settings);
  if constexpr (requires { events_of(settings); }) parsed.events = events_of(settings);
  if constexpr (requires { others_of(settings); }) parsed.others = others_of(settings);
  add_needs(settings, parsed.needs);
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

template <class S>
ProbeParts parts_of(const S& settings) {
  const auto& base = base_of(settings);
  ProbeParts parts{.common = &base.common};
  if constexpr (requires { S::socket_optional; }) {
    parts.identity = &settings.identity;
  } else if constexpr (requires { base.session; }) {
    parts.session = &base.session;
    parts.identity = &base.session.socket.ready.identity;
  }
  if constexpr (requires { base.prompt; }) parts.chat = &base;
  if constexpr (requires { settings.refuse; }) parts.upgrade = &settings;
  if constexpr (requires { settings.sessions; }) parts.isolation = &settings;
  if constexpr (requires { settings.expect; }) parts.health = &settings;
  return parts;
}

// A kind whose keys depend on each other reads them itself.
template <class S>
bool read_keys(const config::Value& value, const config::Reader& reader, S& settings) {
  if constexpr (requires { read_settings(value, reader, settings); })
    return read_settings(value, reader, settings);
  else
    return section<S>().read(value, reader, settings);
}

template <class S>
std::optional<ParsedProbe> read(const config::Value& value, const config::Reader& reader,
                                const Defaults& layers) {
  auto settings = std::make_shared<S>();
  auto& base = base_of(*settings);
  base.common = layers.common;
  bool known = true;
  if constexpr (requires { base.session; }) {
    if (layers.socket != nullptr) base.session.socket = *layers.socket;
    known = find_dialect(value, reader, layers.dialects, base.session);
  }
  if (!read_keys(value, reader, *settings) || !known) return std::nullopt;
  if constexpr (requires { base.session; }) {
    complete(base.session);
    const session::Socket& socket = base.session.socket;
    if (!dialect::check(socket.refused_by, socket.ready, *base.session.dialect, reader,
                        value.place))
      return std::nullopt;
  }
  const config::Value* dialect = value.find("dialect");
  const bool was_told = dialect != nullptr && layers.dialects.wrong.contains(dialect->text);
  if (!was_told) check(parts_of(*settings), value, reader);
  ParsedProbe parsed{.heading = base.heading,
                     .common = base.common,
                     .needs = {},
                     .url = {},
                     .events = {},
                     .steps = {},
                     .others = {},
                     .vet = {},
                     .make = {}};
  describe(*settings, parsed);
  if constexpr (requires(const session::ProbeContext& site, const config::Place& place) {
                  vet(*settings, site, reader, place);
                })
    parsed.vet = [settings](const session::ProbeContext& site, const config::Reader& at,
                            const config::Place& place) { vet(*settings, site, at, place); };
  parsed.make = [settings](std::shared_ptr<const session::ProbeContext> site,
                           session::Shared& shared) {
    return make_probe(std::shared_ptr<const S>(settings), std::move(site), shared);
  };
  return parsed;
}

template <class S>
Kind kind(std::string_view name, std::string_view help, std::vector<Step> steps,
          std::vector<std::string_view> run_names) {
  return {name,
          help,
          steps,
          run_names,
          read<S>,
          [] { return section<S>().schema(); },
          [](const std::string& prefix) { return section<S>().table(prefix); }};
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
