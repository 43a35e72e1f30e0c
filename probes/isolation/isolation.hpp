#pragma once
#include <memory>
#include <string>
#include <vector>

#include "probes/chat/chat.hpp"
#include "probes/isolation/cross_access.hpp"
#include "probes/isolation/isolation_watch.hpp"

namespace sonde::isolation {

// An entry of `sessions:`.
struct SessionSpec {
  std::string as;
  std::string login;    // empty: the probe's
  bool silent = false;  // it sends no prompt
  config::Place place;
};
const config::Section<SessionSpec>& section_of(const SessionSpec*);

// A chat, and the users that have it at the same time.
struct IsolationSettings {
  chat::ChatSettings chat;
  std::vector<SessionSpec> sessions;
  bool listener = true;  // plus a session of the last user that sends no prompt
  bool abort = true;     // plus a session of the first user that is cut off and reconnects
  session::SameUser same_user = session::SameUser::allow;
  text::Template canary = "sonde-{{session}}-{{nonce(16)}}";
  std::vector<std::string> ids = {"user_id",       "thread_id",  "run_id",
                                  "connection_id", "session_id", "conversation_id"};
  std::optional<CrossAccess> cross_access;
};
const config::Section<IsolationSettings>& section_of(const IsolationSettings*);
// Whether a text is made again each time and is random enough that no two are equal.
bool is_random(const text::Template& text);

// A probe in which several users chat at once. The prompt of each session has its own canary, and
// everything a session receives is searched for the canaries and ids of the others. Every chat that
// is not cut off has to complete as in a chat probe. With cross_access one user then requests data
// of another. Step isolation: cross_user_leak, which takes precedence over every other reason,
// session_shared, foreign_event, no_refusal. Makes no auth samples and counts no event deliveries:
// those measure what a single user experiences.
const session::KindHooks<IsolationSettings>& hooks_of(const IsolationSettings*);

}  // namespace sonde::isolation

namespace sonde::config {
// Reads the section, and records its place.
template <>
struct Codec<isolation::SessionSpec> {
  static bool read(const Value&, const Reader&, const Rule&, isolation::SessionSpec& out);
  static Value schema(const Rule&);
  static std::string show(const isolation::SessionSpec& session) { return session.as; }
};
}  // namespace sonde::config
