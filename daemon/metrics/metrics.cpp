#include "daemon/metrics/metrics.hpp"

#include <map>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "daemon/log/log.hpp"
#include "daemon/metrics/counts.hpp"
#include "daemon/metrics/facts_metrics.hpp"
#include "daemon/metrics/gzip.hpp"
#include "daemon/metrics/metric_families.hpp"
#include "daemon/metrics/own_counts.hpp"
#include "daemon/metrics/scrapers.hpp"
#include "daemon/system/thread.hpp"

namespace sonde::metrics {
namespace asio = boost::asio;
namespace {

// Number of Results that wait on the main thread before they are posted together; a scrape posts
// them first, so none is missing.
constexpr std::size_t batch_max = 64;

using Key = std::tuple<std::string, std::string, std::string>;  // probe, target, kind
Key key(const Check& check) { return {check.name, check.target, check.kind}; }

std::vector<RunRow> unseen_of(std::vector<RunRow> failed, WallTime ended) {
  using Pair = std::tuple<std::string, Step, Reason>;
  const auto pair = [](const RunRow& run) {
    return Pair(run.check, run.verdict.step, run.verdict.reason);
  };
  std::set<Pair> shown;
  for (const RunRow& run : failed)
    if (run.ended < ended - Scrapers::held_max) shown.insert(pair(run));
  std::erase_if(failed,
                [&](const RunRow& run) { return run.attempt > 1 || shown.contains(pair(run)); });
  return failed;
}

std::vector<std::pair<std::string_view, std::uint64_t>> said_by_level() {
  const auto written = log::written();
  return {
      {"debug", written[0]}, {"info", written[1]}, {"warning", written[2]}, {"error", written[3]}};
}

}  // namespace

// Everything except post() runs on the renderer's thread.
class Metrics::Renderer {
 public:
  explicit Renderer(Options options)
      : own_(std::move(options.version), std::move(options.revision), options.workers) {}
  ~Renderer() {
    busy_.reset();
    thread_.join();
  }

  template <class Task>
  void post(Task task) {
    asio::post(io_, std::move(task));
  }

  void assign(std::vector<std::shared_ptr<const Check>> checks,
              std::function<int(const Check&)> in_flight);
  void add(const Result& result, Instant now, bool excluded);
  void resume_row(const Key& place, std::uint64_t failures);
  void count_unseen(const std::vector<RunRow>& runs, Instant now);
  std::string page(PageFormat format, const Facts& facts, Instant now) const;
  OwnCounts& own() { return own_; }
  Scrapers& scrapers() { return scrapers_; }

 private:
  void run() {
    system::name_thread("metrics");
    system::step_back();
    io_.run();
  }

  std::map<Key, Counts> counts_;
  std::function<int(const Check&)> in_flight_;
  OwnCounts own_;
  Scrapers scrapers_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy_ = asio::make_work_guard(io_);
  std::thread thread_{[this] { run(); }};
};

void Metrics::Renderer::assign(std::vector<std::shared_ptr<const Check>> checks,
                               std::function<int(const Check&)> in_flight) {
  std::map<Key, Counts> counts;
  for (auto& check : checks) {
    auto known = counts_.extract(key(*check));
    if (known.empty()) {
      Key place = key(*check);
      counts.try_emplace(std::move(place), std::move(check));
      continue;
    }
    known.mapped().renew(std::move(check));
    counts.insert(std::move(known));
  }
  counts_ = std::move(counts);
  in_flight_ = std::move(in_flight);
}

void Metrics::Renderer::add(const Result& result, Instant now, bool excluded) {
  const bool ran = result.verdict.outcome != Outcome::skipped;
  if (ran && result.attempt == 1) own_.late(result.worker, result.lateness);
  auto known = counts_.find(key(*result.check));
  if (known != counts_.end()) known->second.add(result, now, excluded);
}

void Metrics::Renderer::resume_row(const Key& place, std::uint64_t failures) {
  const auto known = counts_.find(place);
  if (known != counts_.end()) known->second.resume_row(failures);
}

void Metrics::Renderer::count_unseen(const std::vector<RunRow>& runs, Instant now) {
  std::map<std::string, Counts*> by_name;
  for (auto& [place, counts] : counts_) by_name.emplace(key_of(*counts.check), &counts);
  for (const RunRow& run : runs)
    if (const auto known = by_name.find(run.check); known != by_name.end())
      known->second->count_unseen(run.verdict, now);
}

std::string Metrics::Renderer::page(PageFormat format, const Facts& facts, Instant now) const {
  AllCounts all;
  for (const auto& [place, counts] : counts_) all.push_back(&counts);
  Page page(format);
  const Instant seen = scrapers_.seen(now);
  write_probe_families(page, all, seen, in_flight_);
  write_auth_families(page, all, seen);
  write_event_families(page, all, seen);
  write_window_families(page, facts.windows);
  write_alert_families(page, facts);
  write_receiver_families(page, facts.receivers);
  write_store_families(page, facts.store);
  write_surroundings(page, facts);
  own_.write(page, unix_seconds(std::chrono::system_clock::now()), read_process(), said_by_level(),
             log::lost());
  return page.take();
}

Metrics::Metrics(Options options)
    : facts_(std::move(options.facts)),
      excluded_(std::move(options.excluded)),
      now_(std::move(options.now)),
      renderer_(std::make_unique<Renderer>(std::move(options))) {}

Metrics::~Metrics() = default;

void Metrics::assign(std::vector<std::shared_ptr<const Check>> checks,
                     std::function<int(const Check&)> in_flight) {
  flush();
  renderer_->post([renderer = renderer_.get(), checks = std::move(checks),
                   in_flight = std::move(in_flight)]() mutable {
    renderer->assign(std::move(checks), std::move(in_flight));
  });
}

void Metrics::accept(const ResultPtr& result) {
  accepted_ = now_();
  waiting_.emplace_back(result, excluded_ && excluded_(*result));
  if (waiting_.size() >= batch_max) flush();
}

void Metrics::resume_row(const Check& check, std::uint64_t failures) {
  if (failures == 0) return;
  renderer_->post([renderer = renderer_.get(), place = key(check), failures] {
    renderer->resume_row(place, failures);
  });
}

void Metrics::count_unseen(std::vector<RunRow> failed, WallTime ended) {
  if (failed.empty()) return;
  renderer_->post(
      [renderer = renderer_.get(), failed = std::move(failed), ended, now = now_()]() mutable {
        renderer->count_unseen(unseen_of(std::move(failed), ended), now);
      });
}

void Metrics::flush() {
  if (waiting_.empty()) return;
  renderer_->post(
      [renderer = renderer_.get(), results = std::exchange(waiting_, {}), now = accepted_] {
        for (const KeptResult& result : results) renderer->add(*result, now, result.excluded);
      });
}

void Metrics::loaded(bool succeeded, std::string hash, std::chrono::system_clock::time_point now) {
  const double at = std::chrono::duration<double>(now.time_since_epoch()).count();
  renderer_->post([renderer = renderer_.get(), succeeded, hash = std::move(hash), at]() mutable {
    renderer->own().loaded(succeeded, std::move(hash), at);
  });
}

void Metrics::served(std::string handler, unsigned code, Span took) {
  renderer_->post([renderer = renderer_.get(), handler = std::move(handler), code, took] {
    renderer->own().served(handler, code, took);
  });
}

void Metrics::scraped(std::string client, Instant asked) {
  if (client.empty()) return;
  renderer_->post([renderer = renderer_.get(), client = std::move(client), asked] {
    renderer->scrapers().answered(client, asked);
  });
}

void Metrics::render(PageFormat format, bool gzip, std::function<void(std::string)> done) {
  flush();
  renderer_->post([renderer = renderer_.get(), format, gzip, done = std::move(done),
                   facts = facts_ ? facts_() : Facts(), now = now_()] {
    std::string page = renderer->page(format, facts, now);
    done(gzip ? gzipped(page) : std::move(page));
  });
}

}  // namespace sonde::metrics
