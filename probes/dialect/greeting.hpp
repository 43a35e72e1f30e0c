#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probes/dialect/expectation.hpp"

namespace sonde::dialect {

// What the server called our session in the message that made it ready: session_id, connection_id
// and the like.
class SessionIds {
 public:
  void learn(text::Json message);
  // Whose session a frame names: ours, another one, or none that is known.
  enum class Named : std::uint8_t { nobody, us, others };
  Named named_by(text::Json frame) const;

 private:
  std::map<std::string, std::set<std::string>> known_;  // by the plain name of the member
};

// Tells the conversation that a server begins by itself, such as its greeting, from one of another
// user that reaches our session by mistake; both have ids that we did not send. The time says
// nothing, because a greeting may come before our prompt or after it. So:
// - What names our session is ours, and what names another one is not.
// - Otherwise a greeting is one conversation, which begins in this session, before the first event
//   of ours, and has one turn: a second conversation, one that is joined in its midst, and a second
//   turn are of somebody else.
// - One that begins after the prompt is a greeting only if our run is answered too.
// The conversation of another user that keeps to all of that is not found here; the isolation probe
// finds it. Pure.
class Greeting {
 public:
  // What is known of the conversation when a frame of it comes.
  struct Moment {
    bool asked = false;                // the prompt was sent
    bool answered = false;             // an event of ours came
    const EventSpec* event = nullptr;  // what the frame is; null: no event
  };
  // Whether a foreign frame with these ids belongs to the greeting; `ids` empty: it names a user
  // who is not ours.
  bool has(const std::vector<std::string>& ids, text::Json frame, const Moment& moment);

  SessionIds session;
  // It began after the prompt, so it may be the answer to somebody else in place of ours.
  bool is_doubtful() const { return doubtful_; }

 private:
  bool begins(const Moment& moment) const;

  std::vector<std::string> ids_;
  bool doubtful_ = false, over_ = false;
};

// Tells a turn without ids that a server begins by itself, such as a greeting after our prompt,
// from the answer to our prompt. Servers that have no ids, or only in some events, are heard as
// they are. But where an event with an id of ours comes although events without ids have ended the
// turn, or have begun it the same way, those were no answer to us. Pure.
class UntiedTurn {
 public:
  // Hears an event that is not foreign. `tied`: it has an id of ours; `over`: an event without one
  // has ended the turn. Returns whether it shows that what came without ids was no answer to us.
  bool hear(const EventSpec& event, bool tied, bool over);
  // Whether an event without ids belongs to that turn of the server, which has not ended yet.
  bool goes_on() const { return goes_on_; }

 private:
  std::set<const EventSpec*> begun_by_;  // events without ids that no other has to precede
  bool tied_ = false;                    // an event with ids came
  bool goes_on_ = false;
};

}  // namespace sonde::dialect
