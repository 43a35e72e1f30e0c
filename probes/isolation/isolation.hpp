#pragma once
#include <memory>
#include <string>
#include <vector>

#include "probes/chat/chat.hpp"
#include "probes/isolation/cross_access.hpp"
#include "probes/isolation/isolation_watch.hpp"

namespace sonde::isolation {

// One of `sessions:`.
struct SessionSpec {
  std::string as;
  std::string login;    // empty: the probe's
  bool silent = false;  // it asks nothing
  config::Place place;
};
const config::Section<SessionSpec>& section_of(const SessionSpec*);

// A chat, and who has it at once.
struct IsolationSettings {
  chat::ChatSettings chat;
  std::vector<SessionSpec> sessions;
  bool listener = true;  // besides them, a session of the last one's user that asks nothing
  bool abort = true;     // besides them, one of the first one's user that is cut and comes back
  session::SameUser same_user = session::SameUser::allow;
  text::Template canary = "sonde-{{session}}-{{nonce(16)}}";
  std::vector<std::string> ids = {"user_id",       "thread_id",  "run_id",
                                  "connection_id", "session_id", "conversation_id"};
  std::optional<CrossAccess> cross_access;
};
const config::Section<IsolationSettings>& section_of(const IsolationSettings*);
bool read_settings(const config::Value& value, const config::Reader& reader,
                   IsolationSettings& out);
// Whether a text is made anew each time, with so much chance in it that no two are alike.
bool is_random(const text::Template& text);
void add_needs(const IsolationSettings& settings, text::Needs& needs);
std::vector<session::IdentityRef> others_of(const IsolationSettings& settings);

// Several users chat at once. Each session has a canary of its own in its prompt, and whatever any
// of them receives is searched for the canaries and ids of the others. Every chat that is not cut
// has to come to its end as a chat probe's. With cross_access one user then asks for what is
// another's. Step isolation: cross_user_leak, which outranks every
// other reason, session_shared, foreign_event, no_refusal. It makes no auth samples and no event
// deliveries: these count what a user alone meets.
std::unique_ptr<Probe> make_probe(std::shared_ptr<const IsolationSettings> settings,
                                  std::shared_ptr<const session::ProbeContext> site,
                                  session::Shared& shared);

}  // namespace sonde::isolation

namespace sonde::config {
// The section, and where it stands.
template <>
struct Codec<isolation::SessionSpec> {
  static bool read(const Value&, const Reader&, const Rule&, isolation::SessionSpec& out);
  static Value schema(const Rule&);
  static std::string show(const isolation::SessionSpec& session) { return session.as; }
};
}  // namespace sonde::config
