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
#include "probes/session/identity.hpp"

namespace sonde::isolation {

// What the names and values of JSON members say about their owner. Pure.

// The common form of threadId, thread-id and THREAD_ID.
std::string plain_name(std::string_view name);
// Whether ids with that plain name identify a user or session, as in messages that announce who is
// present.
bool names_somebody(std::string_view plain);
// Whether such an id is of a user rather than of a session.
bool names_user(std::string_view plain);
// Whether an id may be a counter or a constant that every session has: 17, t1, main. An id of 8
// bytes or more is not.
bool may_be_counter(std::string_view id);
// Whether the value means that there is no id: empty, 0, -1, a UUID of zeros.
bool is_nobodys(std::string_view id);

// A session that is watched.
struct Member {
  std::string name;  // "alice-1", for people
  std::string user;
  bool silent = false;  // it sends no prompt, so nothing may arrive
};

// Records what members receive, and finds what belongs to another member. Pure. Its memory is
// bounded by the limits on frames.
class IsolationWatch {
 public:
  // `ids`: names of JSON members with ids, such as thread_id; no two users may share an id.
  IsolationWatch(session::SameUser same_user, std::vector<std::string> ids);

  // Adds a member; returns its number.
  std::size_t add(Member member);
  // Registers a text that only this member's user may receive (if same_user is forbid: only this
  // member). `another` is made from the same template: the parts that differ are random, and long
  // parts of them are searched for too, in case the text is cut; empty: the text is searched for as
  // a whole. `what` describes it, for people.
  void owns(std::size_t member, std::string_view canary, std::string_view another = "",
            std::string_view what = "its canary");

  // A message that the member waited for, such as the answer to its login: the ids in it are this
  // member's. No other message gives a member ids, because anybody may be told anything meanwhile.
  void answered(std::size_t member, std::string_view json);
  // A message that the member sent: the ids in it are this member's.
  void sent(std::size_t member, std::string_view payload);
  // A message that the member received. `asked`: after the member sent something. `is_event`: a
  // part of a chat; other messages may announce who is present, so ids of users and sessions in
  // them are no secret.
  void received(std::size_t member, std::string_view payload, bool asked = true,
                bool is_event = true);
  // A message, other than a heartbeat, that a silent member received. One that is not an event of a
  // chat may be a broadcast; then the other members received it as well, except for numbers in it.
  void unasked(std::size_t member, std::string_view payload, std::string_view type,
               bool is_event = true);

  // The worst finding: cross_user_leak, session_shared, foreign_event; empty: none.
  std::optional<Failure> finding() const;

 private:
  // The members that the server gave an id to, that sent it first, that saw it at all, that saw it
  // in a chat, that saw it where only public data may be expected of others, and that saw it where
  // only their own ids may be.
  struct Id {
    std::string name;  // of the JSON member, as first written
    std::set<std::size_t> owners, senders, seen, in_chats, viewers, readers;
  };
  using IdKey = std::pair<std::string, std::string>;  // name without case, _ and -; and the id
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
  // A text that belongs to a member, and the forms that are searched for.
  struct Owned {
    std::size_t member;
    std::string what, text;
    std::vector<std::string> forms;
  };
  // Hashes of the messages that a member received (see message_shape.hpp); the early ones came
  // before it sent anything.
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
  // Cache of results for two members and a name, because a hostile server may send many ids.
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
  Needles needles_;                                       // those of owned_, by index
  std::set<std::pair<std::size_t, std::size_t>> leaked_;  // index in owned_, and who received it
  std::map<IdKey, Id> seen_ids_;
  std::vector<Unasked> unasked_;
};

}  // namespace sonde::isolation
