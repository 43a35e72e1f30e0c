#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/run_record.hpp"
#include "daemon/core/sink.hpp"
#include "daemon/core/view.hpp"
#include "daemon/metrics/metrics_page.hpp"

namespace sonde::metrics {

// The metrics for Prometheus. All counters are on a separate thread, which also renders them, so
// that a scrape does not slow down the workers or the main thread. Totals exist with value 0 after
// assign(); what is rare appears with its first event, at 0 for the first page that a scraper gets.
// The series of a removed check disappear. Call it only on the main thread.
class Metrics : public Sink {
 public:
  struct Options {
    std::string version, revision;  // labels of sonde_build_info
    std::size_t workers = 1;
    // The facts of the components; called by render(), on the main thread. Empty: none.
    std::function<Facts()> facts = {};
    // Whether a run began during a maintenance that excludes it. Empty: none did.
    std::function<bool(const Result&)> excluded = {};
    std::function<Instant()> now = Clock::now;
  };
  explicit Metrics(Options options);
  ~Metrics() override;  // renders a requested page first

  // Replaces the checks; one with the name, kind and target of an earlier one keeps its counters.
  // `in_flight` is called on the rendering thread while a page is made.
  void assign(std::vector<std::shared_ptr<const Check>> checks,
              std::function<int(const Check&)> in_flight);
  void accept(const ResultPtr& result) override;

  // Goes on from what is known of the time before the start: so many runs of a check in a row
  // failed. Call it after assign(), before there is a result.
  void resume_row(const Check& check, std::uint64_t failures);
  // Counts failed runs of that time that perhaps no scraper was shown. `failed`: the failed runs of
  // the last minutes before the daemon ended at `ended`. A pair of step and reason
  // that failed before its last 65 s was shown then. Retries do not count.
  void count_unseen(std::vector<RunRow> failed, WallTime ended);

  // Records an attempt to load the configuration. `hash` is that of the active one.
  void loaded(bool succeeded, std::string hash, std::chrono::system_clock::time_point now);
  // Records a request that the web server answered.
  void served(std::string handler, unsigned code, Span took);
  // Records that `client` received the page that it requested at `asked`; see Scrapers. Does
  // nothing if `client` is empty.
  void scraped(std::string client, Instant asked);

  // Renders the page, gzipped if requested; `done` is called on the rendering thread.
  void render(PageFormat format, bool gzip, std::function<void(std::string)> done);

 private:
  class Renderer;
  std::function<Facts()> facts_;
  std::function<bool(const Result&)> excluded_;
  std::function<Instant()> now_;
  std::unique_ptr<Renderer> renderer_;
  std::vector<KeptResult> waiting_;
  Instant accepted_;  // when the newest of them came
  void flush();
};

}  // namespace sonde::metrics
