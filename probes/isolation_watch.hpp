#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probes/isolation_scan.hpp"
#include "probes/reason.hpp"
#include "probes/same_user.hpp"

namespace sonde {

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
  IsolationWatch(SameUser same_user, std::vector<std::string> ids);

  // Another one is watched from now on; its number.
  std::size_t add(Member member);
  // A text that nobody but this member's user may receive (if same_user is forbid: but this
  // member).
  void owns(std::size_t member, std::string_view canary);

  // A message on the way to the ready session: the ids in it are this member's.
  void greeted(std::size_t member, std::string_view payload);
  // A message that the member sent: so are the ids in it.
  void sent(std::size_t member, std::string_view payload);
  void received(std::size_t member, std::string_view payload);
  // A message that a silent member received, and that is no heartbeat.
  void unasked(std::size_t member, std::string_view payload, std::string_view type);

  // The worst of what was seen: cross_user_leak, session_shared, foreign_event; empty: nothing.
  std::optional<Failure> finding() const;

 private:
  // Whose an id is, and who has seen it.
  struct Id {
    std::set<std::size_t> owners, viewers;
  };
  struct Unasked {
    std::size_t member;
    std::size_t hash;
    std::string type;
  };
  bool foreign(std::size_t owner, std::size_t member) const;
  bool other_user(std::size_t a, std::size_t b) const;
  void scan(std::size_t member, std::string_view payload);
  void note_ids(std::size_t member, std::string_view payload, bool own);
  void note_ids(std::size_t member, text::Json value, bool own, int depth);
  void note(Reason reason, std::string detail);
  void judge_id(const std::string& shown, const Id& id, std::optional<Failure>& worst) const;
  bool fanned_out(const Unasked& message) const;

  SameUser same_user_;
  std::vector<std::string> ids_;
  std::vector<Member> members_;
  std::vector<Received> streams_;
  std::vector<std::set<std::size_t>> hashes_;  // of the messages that each received
  Needles needles_;
  std::map<std::string, Id> seen_ids_;  // "thread_id 4711"
  std::vector<Unasked> unasked_;
  std::optional<Failure> worst_;
};

}  // namespace sonde
