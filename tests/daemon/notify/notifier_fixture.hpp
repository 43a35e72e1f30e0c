#pragma once
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/notify/deliver.hpp"
#include "tests/daemon/notify/receiver_fixture.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/tcp_server.hpp"
#include "tests/support/turn_until.hpp"

namespace sonde::test {

// A Notifier on the loop of the test, and a store of its notes that outlives it.
class NotifierTest : public testing::Test {
 protected:
  NotifierTest() { boot(); }
  ~NotifierTest() override { shut(); }

  // The daemon starts, with what it noted.
  void boot() {
    notifier = std::make_unique<notify::Notifier>(
        network, notify::Notifier::Options{.now = [this] { return now; },
                                           .elapsed = [this] { return Clock::now() + ahead; },
                                           .changed = [this] { note(); },
                                           .external_url = "http://sonde",
                                           .backoff = {.base = std::chrono::milliseconds(20),
                                                       .cap = std::chrono::milliseconds(50)},
                                           .seed = 1});
  }
  void configure(const std::string& yaml) {
    const Receivers receivers(yaml);
    ASSERT_EQ(receivers.notified(), "");
    notifier->assign(receivers.entries.all);
    std::vector<StateRecord> notes;
    for (const auto& [key, text] : store)
      notes.push_back({.component = "receiver", .key = key, .text = text});
    if (!restored) notifier->restore(notes);
    restored = true;
  }
  void shut(Span limit = std::chrono::seconds(5)) {
    if (!notifier) return;
    bool done = false;
    notifier->stop(limit, [&] { done = true; });
    run_until([&] { return done; });
    note();
    notifier.reset();
    restored = false;
  }
  // As `kill -9`: what was not noted is lost. (What is due may be sent once more before.)
  void crash() {
    const auto noted = store;
    shut(std::chrono::milliseconds(0));
    store = noted;
  }

  void note() {
    for (auto& note : notifier->take_notes()) {
      EXPECT_EQ(note.component, "receiver");
      if (note.text.empty())
        store.erase(note.key);
      else
        store[note.key] = note.text;
    }
  }
  void update(const std::vector<Alert>& current) { notifier->update(current, now); }
  template <class F>
  void run_until(F so) {
    test::turn_until(io, so);
  }
  void run_until_sent(std::uint64_t count, std::size_t receiver = 0) {
    run_until([&] { return notifier->facts().at(receiver).sent >= count; });
  }
  // So much time of the loop; to see that nothing happens in it.
  void idle(std::chrono::milliseconds span = std::chrono::milliseconds(200)) {
    io.restart();
    io.run_for(span);
  }
  ReceiverFacts facts(std::size_t receiver = 0) { return notifier->facts().at(receiver); }

  boost::asio::io_context io{1};
  net::Network network{io.get_executor()};
  WallTime now = at(60);  // of the hand clock
  Span ahead{};           // by which the elapsed time is ahead
  std::map<std::string, std::string> store;
  bool restored = false;
  std::unique_ptr<notify::Notifier> notifier;
};

// Answers each request with the next of some statuses; the last one stays.
class Answers {
 public:
  explicit Answers(std::vector<int> statuses, Headers headers = {})
      : statuses_(std::move(statuses)), headers_(std::move(headers)) {}
  Script operator()(const Request&) {
    const std::size_t turn = std::min(turn_++, statuses_.size() - 1);
    return {answer(statuses_[turn], "", headers_)};
  }

 private:
  std::vector<int> statuses_;
  Headers headers_;
  std::size_t turn_ = 0;
};

}  // namespace sonde::test
