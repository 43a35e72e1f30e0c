#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "probes/dialect/frame.hpp"
#include "probes/isolation/isolation.hpp"

namespace sonde::isolation {

// One run of an isolation probe: its sessions, their simultaneous chats, and the findings.
class IsolationRun {
 public:
  // All arguments have to outlive it.
  IsolationRun(const IsolationSettings& settings, const dialect::ChatExchange& turn,
               const session::ProbeContext& site, session::Shared& shared, std::uint64_t seed,
               Trace& trace);

  // All participants log in and connect, one after the other; then they chat at the same time; then
  // they disconnect.
  boost::asio::awaitable<Verdict> run();

 private:
  // A session of the run. It has its own trace, which the run's trace absorbs at the end.
  struct Participant {
    Participant(std::string named, const session::ProbeContext& at,
                const boost::asio::any_io_executor& executor)
        : name(std::move(named)), site(at), heard(executor, Instant::max()) {}
    std::string name;  // "alice-1"
    const session::ProbeContext& site;
    std::size_t member = 0;  // index in the watch
    bool silent = false;
    text::Names names;
    Trace trace;
    std::optional<net::Websocket> session;
    session::Shown shown;             // in the session
    std::optional<Verdict> verdict;   // empty: nothing is wrong so far
    std::string last;                 // the last message that it received
    boost::asio::steady_timer heard;  // expires with the first message after the prompt
  };

  void add_participants();
  Participant& participant(const session::ProbeContext& site, bool silent);
  std::optional<Failure> prepare(Participant& participant, std::uint64_t seed);
  void follow(Participant& participant, Direction direction, std::string_view payload);
  std::vector<std::string> as_ids(std::string_view run_id) const;
  void own_vars(Participant& participant);
  using Texts = std::vector<std::pair<std::string, std::string>>;
  Texts random_vars(const Participant& participant) const;
  std::vector<std::string> secrets_of(const Participant& participant) const;
  bool is_chat(std::string_view payload) const;
  dialect::OwnRuns* own_runs(const Participant& participant);
  bool is_other_run(Participant& participant, const dialect::Frame& frame);
  boost::asio::awaitable<bool> spare_refusals();
  boost::asio::awaitable<bool> open(Participant& participant);
  boost::asio::awaitable<void> speak(Participant& participant);
  boost::asio::awaitable<void> speak_until_cut(Participant& participant);
  boost::asio::awaitable<void> wait_until_heard(Participant& participant);
  boost::asio::awaitable<void> come_back(Participant& before, Participant& after);
  boost::asio::awaitable<void> listen(Participant& participant, Instant until);
  boost::asio::awaitable<void> leave(Participant& participant);
  boost::asio::awaitable<void> leave_unused();
  boost::asio::awaitable<void> leave_unused(Participant& participant);
  boost::asio::awaitable<void> meet();
  boost::asio::awaitable<void> check_cross_access();
  boost::asio::awaitable<void> close_all();
  Verdict conclude();

  const IsolationSettings& settings_;
  const dialect::ChatExchange& turn_;
  const session::ProbeContext& site_;
  session::Shared& shared_;
  std::uint64_t seed_;
  Trace& trace_;
  IsolationWatch watch_;
  std::deque<Participant> participants_;
  std::optional<Failure> trespass_;  // the result of cross_access
  Participant* cut_ = nullptr;       // the participant that is cut off in the middle of its answer
  Participant* back_ = nullptr;      // and the next session of the same user
};

}  // namespace sonde::isolation
