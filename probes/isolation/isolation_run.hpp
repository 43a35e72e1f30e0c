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

// One run of an isolation probe: its sessions, what they do at once, and what is found.
class IsolationRun {
 public:
  // All that it is given must outlive it.
  IsolationRun(const IsolationSettings& settings, const dialect::Turn& turn,
               const session::Site& site, session::Shared& shared, std::uint64_t seed,
               Trace& trace);

  // Everybody logs in and connects, one after the other; then they chat at once; then they leave.
  boost::asio::awaitable<Verdict> run();

 private:
  // Somebody with a session. It has a trace of its own, which the run's takes over at the end.
  struct Seat {
    Seat(std::string named, const session::Site& at, const boost::asio::any_io_executor& executor)
        : name(std::move(named)), site(at), heard(executor, Instant::max()) {}
    std::string name;  // "alice-1"
    const session::Site& site;
    std::size_t member = 0;  // of the watch
    bool silent = false;
    text::Names names;
    Trace trace;
    std::optional<net::Websocket> session;
    std::optional<Verdict> verdict;   // empty: nothing is wrong with it so far
    std::string last;                 // message that it received
    boost::asio::steady_timer heard;  // expires with the first message after the prompt
  };

  void invite();
  Seat& seat(const session::Site& site, bool silent);
  std::optional<Failure> prepare(Seat& seat, std::uint64_t seed);
  void follow(Seat& seat, Direction direction, std::string_view payload);
  void own_vars(Seat& seat);
  using Texts = std::vector<std::pair<std::string, std::string>>;
  Texts random_vars(const Seat& seat) const;
  std::vector<std::string> secrets_of(const Seat& seat) const;
  bool is_chat(std::string_view payload) const;
  dialect::OwnRuns* own_runs(const Seat& seat);
  bool is_other_run(Seat& seat, const dialect::Frame& frame);
  boost::asio::awaitable<bool> open(Seat& seat);
  boost::asio::awaitable<void> speak(Seat& seat);
  boost::asio::awaitable<void> speak_until_cut(Seat& seat);
  boost::asio::awaitable<void> wait_until_heard(Seat& seat);
  boost::asio::awaitable<void> come_back(Seat& before, Seat& after);
  boost::asio::awaitable<void> listen(Seat& seat, Instant until);
  boost::asio::awaitable<void> leave(Seat& seat);
  boost::asio::awaitable<void> meet();
  boost::asio::awaitable<void> trespass();
  boost::asio::awaitable<void> part();
  Verdict conclude();

  const IsolationSettings& settings_;
  const dialect::Turn& turn_;
  const session::Site& site_;
  session::Shared& shared_;
  std::uint64_t seed_;
  Trace& trace_;
  IsolationWatch watch_;
  std::deque<Seat> seats_;
  std::optional<Failure> trespass_;  // what came of cross_access
  Seat* cut_ = nullptr;              // the one that is cut in mid-stream
  Seat* back_ = nullptr;             // and its user's next session
};

}  // namespace sonde::isolation
