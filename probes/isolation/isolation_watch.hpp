#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "probes/core/reason.hpp"
#include "probes/isolation/isolation_scan.hpp"
#include "probes/session/same_user.hpp"

namespace sonde::isolation {

// Somebody who is watched.
struct Member {
  std::string name;  // "alice-1", for people
  std::string user;
  bool silent = false;  // it asks nothing, so nothing may come
};

// What members receive, and what of it belongs to another one. Pure: frames in, finding out. What
// it keeps is bounded by the bounds on frames.
class IsolationWatch {
 public:
  // `ids`: names of JSON members that hold ids, such as thread_id: no two users may share one.
  IsolationWatch(session::SameUser same_user, std::vector<std::string> ids);

  // Another one is watched from now on; its number.
  std::size_t add(Member member);
  // A text that nobody but this member's user may receive (if same_user is forbid: but this
  // member). `another` is made of the same template: what differs is random, and that much of it is
  // looked for as well, should the text be cut; empty: the text is looked for as a whole.
  // `what` it is, for people.
  void owns(std::size_t member, std::string_view canary, std::string_view another = "",
            std::string_view what = "its canary");

  // A message on the way to the ready session: the ids in it are this member's.
  void greeted(std::size_t member, std::string_view payload);
  // A message that the member sent: so are the ids in it.
  void sent(std::size_t member, std::string_view payload);
  // `asked`: after the member said something. `is_event`: a part of a chat; another message may
  // tell everybody who is there, and then the ids of users and sessions in it are no secret.
  void received(std::size_t member, std::string_view payload, bool asked = true,
                bool is_event = true);
  // A message that a silent member received, and that is no heartbeat. One that is no event of a
  // chat may be told to everybody; then it came to those who speak as well, numbers apart.
  void unasked(std::size_t member, std::string_view payload, std::string_view type,
               bool is_event = true);

  // The worst of what was seen: cross_user_leak, session_shared, foreign_event; empty: nothing.
  std::optional<Failure> finding() const;

 private:
  // Who was given an id by the server, who said it first, who has seen it at all, who has seen it
  // where nobody else's may stand, and who where only his own may.
  struct Id {
    std::string name;  // of its member, as it was written first
    std::set<std::size_t> owners, senders, seen, viewers, readers;
  };
  using IdKey = std::pair<std::string, std::string>;  // its name without case, _ and -; and itself
  struct OfUser {
    int count = 0;
    bool own = false;
  };
  enum class Way : std::uint8_t { given, sent, received, announced };
  struct Unasked {
    std::size_t member;
    std::size_t content, shape;
    std::string type;
    bool is_event;
  };
  // What belongs to a member, and what of it is looked for.
  struct Owned {
    std::size_t member;
    std::string what, text;
    std::vector<std::string> forms;
  };
  // Of the messages that a member received (see message_shape.hpp); the early ones came before it
  // said anything.
  struct Heard {
    std::set<std::size_t> contents, shapes, early_shapes;
  };
  bool foreign(std::size_t owner, std::size_t member) const;
  bool other_user(std::size_t a, std::size_t b) const;
  void scan(std::size_t member, std::string_view payload);
  void note_ids(std::size_t member, std::string_view payload, Way way);
  void note_ids(std::size_t member, text::Json value, Way way, int depth);
  void note_id(std::size_t member, const IdKey& key, std::string_view name, Way way, int depth);
  OfUser ids_of(std::size_t member, std::string_view plain, bool given) const;
  // What was asked of two members and a name before, for a hostile server sends many ids.
  using Known = std::map<std::tuple<std::string, std::size_t, std::size_t, bool>, bool>;
  bool is_common(const std::string& plain, std::size_t a, std::size_t b, bool given,
                 Known& known) const;
  bool have_common(const std::string& plain, std::size_t a, std::size_t b, bool given) const;
  bool is_own(const Owned& owned, std::size_t member) const;
  std::optional<Failure> judge_leak(std::size_t owned, std::size_t member) const;
  void judge_id(const IdKey& key, const Id& id, std::optional<Failure>& worst, Known& known) const;
  bool fanned_out(const Unasked& message) const;
  bool told_to_all(const Unasked& message) const;

  session::SameUser same_user_;
  std::set<std::string> ids_;  // without case, _ and -
  std::vector<Member> members_;
  std::vector<Received> streams_;
  std::vector<Heard> heard_;
  std::vector<Owned> owned_;
  Needles needles_;                                       // of those, by their number
  std::set<std::pair<std::size_t, std::size_t>> leaked_;  // which of them, and to whom
  std::map<IdKey, Id> seen_ids_;
  std::vector<Unasked> unasked_;
};

}  // namespace sonde::isolation
