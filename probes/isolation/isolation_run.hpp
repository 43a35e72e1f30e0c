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
    std::optional<Verdict> verdict;   // empty: nothing is wrong so far
    std::string last;                 // the last message that it received
    boost::asio::steady_timer heard;  // expires with the first message after the prompt
  };

  void invite();
  Participant& seat(const session::ProbeContext& site, bool silent);
  std::optional<Failure> prepare(Participant& seat, std::uint64_t seed);
  void follow(Participant& seat, Direction direction, std::string_view payload);
  void own_vars(Participant& seat);
  using Texts = std::vector<std::pair<std::string, std::string>>;
  Texts random_vars(const Participant& seat) const;
  std::vector<std::string> secrets_of(const Participant& seat) const;
  bool is_chat(std::string_view payload) const;
  dialect::OwnRuns* own_runs(const Participant& seat);
  bool is_other_run(Participant& seat, const dialect::Frame& frame);
  boost::asio::awaitable<bool> open(Participant& seat);
  boost::asio::awaitable<void> speak(Participant& seat);
  boost::asio::awaitable<void> speak_until_cut(Participant& seat);
  boost::asio::awaitable<void> wait_until_heard(Participant& seat);
  boost::asio::awaitable<void> come_back(Participant& before, Participant& after);
  boost::asio::awaitable<void> listen(Participant& seat, Instant until);
  boost::asio::awaitable<void> leave(Participant& seat);
  boost::asio::awaitable<void> meet();
  boost::asio::awaitable<void> trespass();
  boost::asio::awaitable<void> part();
  Verdict conclude();

  const IsolationSettings& settings_;
  const dialect::ChatExchange& turn_;
  const session::ProbeContext& site_;
  session::Shared& shared_;
  std::uint64_t seed_;
  Trace& trace_;
  IsolationWatch watch_;
  std::deque<Participant> seats_;
  std::optional<Failure> trespass_;  // the result of cross_access
  Participant* cut_ = nullptr;       // the participant that is cut off in the middle of its answer
  Participant* back_ = nullptr;      // and the next session of the same user
};

}  // namespace sonde::isolation
