#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/alert/engine.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/notify/deliver.hpp"
#include "tests/daemon/core/hand_view.hpp"
#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::test {

// The deciding parts of the daemon, as the app puts them together, on a clock of the test: judge,
// engine and notifier, and a store that outlives them.
class SimulatedDaemon {
 public:
  using Covers = std::function<bool(const Check&, WallTime)>;
  using Answer = std::function<notify::Posted(const notify::Receiver&, const notify::Message&)>;
  SimulatedDaemon(std::vector<alert::RuleSettings> rules, std::string receivers, Covers covers,
                  Answer answer)
      : rules_(std::move(rules)),
        receivers_(std::move(receivers)),
        covers_(std::move(covers)),
        answer_(std::move(answer)) {
    for (const std::string target : {"a", "b"})
      for (const std::string kind : {"login", "chat"}) {
        auto check = make_check(kind, target);
        check->every = std::chrono::seconds(30);
        checks_.push_back(std::move(check));
      }
    start();
  }
  ~SimulatedDaemon() { stop(); }

  void run(std::size_t check, bool failed, Step step) {
    auto result = std::make_shared<Result>();
    result->check = checks_[check];
    result->verdict =
        failed ? Verdict::of(step, {Reason::server_error, "HTTP 500"}) : Verdict::pass();
    result->started = now;
    result->begun = elapsed();
    result->trace = trace_;
    judge_->accept(result);
    engine_->accept(result);
  }
  // After the runs of a step: everything is judged, written, and then told.
  void judge() { engine_->evaluate(); }
  void write() {
    Changes changes;
    judge_->take_changes(changes);
    for (auto& note : changes.notes) keep(std::move(note));
    for (auto& note : engine_->take_notes()) keep(std::move(note));
  }
  void tell() {
    notifier_->update(engine_->current(), now);
    for (io_.restart(); io_.poll() > 0; io_.restart()) continue;
  }
  void note_receivers() {
    for (auto& note : notifier_->take_notes()) keep(std::move(note));
  }
  void reload() {
    for (auto& check : checks_) check = std::make_shared<Check>(*check);
    assign();
    notifier_->assign(Receivers(receivers_).entries.all);
  }
  // After a crash what is not in the store is lost.
  void restart(bool crash) {
    stop();
    if (!crash) note_receivers();
    start();
  }

  WallTime now{std::chrono::seconds(1'800'000'000)};

 private:
  Instant elapsed() const { return Instant(now.time_since_epoch()); }
  void keep(StateRecord note) {
    const auto key = std::pair(note.component, note.key);
    if (note.text.empty())
      store_.erase(key);
    else
      store_[key] = std::move(note.text);
  }
  void assign() {
    judge_->assign({checks_.begin(), checks_.end()});
    engine_->assign(rules_);
  }
  void start() {
    judge_ = std::make_unique<judge::Judge>(covers_);
    engine_ = std::make_unique<alert::Engine>(
        *judge_, alert::EngineOptions{
                     .external_url = "http://sonde",
                     .runbook_base = "",
                     .suppressed = [this](const Check& check,
                                          WallTime at) { return covers_(check, at) ? "work" : ""; },
                     .blind = {},
                     .now = [this] { return now; },
                     .elapsed = [this] { return elapsed(); }});
    notifier_ = std::make_unique<notify::Notifier>(
        network_, notify::Notifier::Options{.now = [this] { return now; },
                                            .elapsed = [this] { return elapsed(); },
                                            .answer = answer_,
                                            .changed = [] {},
                                            .external_url = "http://sonde"});
    RestoredState remembered;
    for (const auto& [key, text] : store_)
      remembered.notes.push_back({.component = key.first, .key = key.second, .text = text});
    judge_->assign({checks_.begin(), checks_.end()});
    judge_->restore(remembered);
    engine_->assign(rules_);
    engine_->restore(remembered.notes);
    notifier_->assign(Receivers(receivers_).entries.all);
    notifier_->restore(remembered.notes);
  }
  void stop() {
    bool done = false;
    notifier_->stop(Span{}, [&done] { done = true; });
    while (!done) {
      io_.restart();
      io_.run_one();
    }
  }

  std::vector<alert::RuleSettings> rules_;
  std::string receivers_;
  Covers covers_;
  Answer answer_;
  std::vector<std::shared_ptr<Check>> checks_;
  std::map<std::pair<std::string, std::string>, std::string> store_;
  std::shared_ptr<const Trace> trace_ = std::make_shared<const Trace>(Instant{}, 0);
  boost::asio::io_context io_{1};
  net::Network network_{io_.get_executor()};
  std::unique_ptr<judge::Judge> judge_;
  std::unique_ptr<alert::Engine> engine_;
  std::unique_ptr<notify::Notifier> notifier_;
};

}  // namespace sonde::test
