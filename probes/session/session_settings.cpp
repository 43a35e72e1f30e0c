#include "probes/session/session.hpp"

namespace sonde::session {

const config::Section<SessionSettings>& section_of(const SessionSettings*) {
  using S = SessionSettings;
  static const auto keys =
      config::Section<S>()
          .key("socket", &S::socket_name,
               "Which of the sockets it uses; keys of a socket may stand in the probe itself.")
          .also(&S::socket, config::section<Socket>())
          .key("reuse", &S::reuse,
               "The share of a token's life in which it is used again instead of a new login, if "
               "its life is known; login probes always log in afresh. 0%: never.")
          .key("dialect", &S::dialect_name,
               "The chat protocol that is spoken: a name of `dialects:`, or a built-in one.");
  return keys;
}

void add_needs(const SessionSettings& settings, text::Needs& needs) {
  add_needs(settings.socket, needs);
  needs.all.insert(needs.all.end(), settings.dialect->needs.all.begin(),
                   settings.dialect->needs.all.end());
  if (settings.socket.token_in.in != TokenPlacement::In::none) needs.all.push_back({"token", {}});
}

bool needs_token(const SessionSettings& settings) {
  return settings.socket.token_in.in != TokenPlacement::In::none ||
         dialect::needs_token(*settings.dialect);
}

}  // namespace sonde::session
