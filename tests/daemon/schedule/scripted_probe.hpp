#pragma once
#include <poll.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/system/thread.hpp"
#include "probes/core/check.hpp"
#include "probes/core/probe.hpp"

namespace sonde::schedule {

// What a scripted probe does, and what was seen of it; shared by its attempts.
struct Script {
  Span waits{};                  // on a timer, which a cut ends
  Span blocks{};                 // the loop, before that, by its own work
  Span stopped{};                // before that, as if the system kept the thread from running
  std::vector<Reason> verdicts;  // one after the other, the last one again and again
  bool refuses = false;          // makes refusal checks when it is asked to
  Step step = Step::health;      // where it fails
  TlsFacts certificate;          // that it meets, if it has a host
  std::string opens;             // a refusal check that the first attempt finds failed
  Span looks{};                  // how long an inquiry takes; it finds not_ready
  std::atomic<int> attempts = 0, refusal_rounds = 0, cut = 0, probes = 0, inquiries = 0;
  std::atomic<int> starved = 0;  // attempts that the system kept from blocking the loop themselves
  std::atomic<std::size_t> standing = 0;  // refusal checks that the last attempt was told of
  std::atomic<bool> spared = false, passed_lately = false;  // what the last inquiry was told
};

class ScriptedProbe : public Probe {
 public:
  explicit ScriptedProbe(std::shared_ptr<Script> script) : script_(std::move(script)) {
    ++script_->probes;
  }

  boost::asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const override {
    namespace asio = boost::asio;
    co_await asio::this_coro::throw_if_cancelled(false);
    const int turn = script_->attempts++;
    if (attempt.standing != nullptr) script_->standing = attempt.standing->size();
    if (attempt.standing != nullptr && !script_->opens.empty())
      (*attempt.standing)[script_->opens] = {Reason::auth_fail_open, "it was let in"};
    trace.at(script_->step);
    trace.enter(Phase::first_byte);
    if (!script_->certificate.host_port.empty()) trace.tls(script_->certificate);
    if (script_->refuses && attempt.check_refusals) {
      trace.enter(Phase::refuse);
      ++script_->refusal_rounds;
    }
    ::poll(nullptr, 0, static_cast<int>(script_->stopped / std::chrono::milliseconds(1)));
    const Span used = system::thread_cpu_time();
    for (const Instant until = Clock::now() + script_->blocks; Clock::now() < until;) continue;
    if (system::thread_cpu_time() - used < script_->blocks * 9 / 10) ++script_->starved;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, script_->waits);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      ++script_->cut;
      co_return Verdict::of(Step::health, {Reason::cut, ""});
    }
    co_return verdict(static_cast<std::size_t>(turn));
  }

  boost::asio::awaitable<Verdict> diagnose(const DiagnosisRequest& inquiry, Verdict verdict,
                                           Trace& trace) const override {
    namespace asio = boost::asio;
    co_await asio::this_coro::throw_if_cancelled(false);
    ++script_->inquiries;
    script_->spared = inquiry.spare_refusals;
    script_->passed_lately = inquiry.passed_lately;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, script_->looks);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return verdict;
    trace.experiment({"again", "the same again", "accepted", trace.started(), script_->looks},
                     trace.aside());
    trace.separated = "it was starting";
    co_return Verdict::of(verdict.step, {Reason::not_ready, verdict.detail});
  }

 private:
  Verdict verdict(std::size_t turn) const {
    const auto& verdicts = script_->verdicts;
    if (verdicts.empty()) return Verdict::pass();
    const Reason reason = verdicts[std::min(turn, verdicts.size() - 1)];
    return reason == Reason::ok ? Verdict::pass() : Verdict::of(script_->step, {reason, ""});
  }

  std::shared_ptr<Script> script_;
};

inline std::shared_ptr<Check> scripted_check(std::shared_ptr<Script> script,
                                             std::string name = "p") {
  auto check = std::make_shared<Check>();
  check->name = std::move(name);
  check->kind = "health";
  check->target = "staging";
  check->every = std::chrono::milliseconds(20);
  check->timeout = std::chrono::seconds(5);
  check->steps = {Step::health};
  check->fingerprint = "1";
  check->make = [script](session::Shared&) { return std::make_unique<ScriptedProbe>(script); };
  return check;
}

}  // namespace sonde::schedule
