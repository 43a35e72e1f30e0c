// What the store costs: sonde-store-bench FOLDER SECONDS
//
// Prints "start_rows start_seconds start_megabytes": opening a store with a month of windows; then
// "flood_offered flood_kept flood_lost flood_main_us flood_megabytes": 10,000 results a second of
// 1,000 probes for SECONDS, with all the buckets that they change.
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/store/database.hpp"
#include "daemon/store/recorder.hpp"
#include "daemon/store/store.hpp"
#include "probes/core/run_id.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::size_t probes = 1000;
constexpr int results_a_second = 10'000;
constexpr std::chrono::seconds steps[] = {10s, 2min, 10min, 1h};
constexpr std::uint32_t slots_kept[] = {360, 180, 144, 720};

std::chrono::seconds today() {
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * 4096 / 1e6;
}

double cpu_of_this_thread() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

std::shared_ptr<store::Store> opened(const std::string& path, asio::io_context& main) {
  auto store = store::Store::open({.path = path, .retention = {}}, main.get_executor());
  if (store) return std::move(*store);
  fmt::print(stderr, "{}\n", store.error());
  std::exit(1);
}

void close(std::shared_ptr<store::Store> store, asio::io_context& main) {
  store->stop([](bool) {});
  main.restart();
  main.run();
}

// Every bucket that 100 probes with 8 series each have after a month.
void fill(store::Store& store, asio::io_context& main) {
  for (int series = 0; series < 800; ++series) {
    Changes changes;
    for (std::uint8_t tier = 0; tier < 4; ++tier) {
      const auto last = static_cast<std::uint32_t>(today() / steps[tier]);
      for (std::uint32_t age = 0; age < slots_kept[tier]; ++age)
        changes.buckets.push_back(
            {fmt::format("chat/probe_{}/production event/series_{}", series / 8, series % 8), tier,
             last - age, 12, 1});
    }
    store.write(std::move(changes), [](bool kept) {
      if (!kept) std::abort();
    });
    main.restart();
    main.run();
  }
}

void measure_start(const std::string& path) {
  asio::io_context main{1};
  auto store = opened(path, main);
  fill(*store, main);
  close(std::move(store), main);
  ::malloc_trim(0);
  const double before = resident_megabytes();
  const Instant begun = Clock::now();
  store = opened(path, main);
  const double took = seconds(Clock::now() - begun);
  const double grown = resident_megabytes() - before;
  std::size_t rows = 0;
  for (const auto& series : store->take_remembered().series) rows += series.buckets.size();
  close(std::move(store), main);
  fmt::print("{} {:.3f} {:.1f}\n", rows, took, grown);
}

// Hands results to the recorder as workers do, a few at a time, and counts windows as judge does.
class Flood {
 public:
  Flood(asio::io_context& main, store::Store& store, int seconds)
      : timer_(main),
        left_(results_a_second * seconds),
        recorder_(main.get_executor(), hooks(store)) {
    for (std::size_t n = 0; n < probes; ++n) {
      auto check = std::make_shared<Check>();
      check->name = fmt::format("probe_{}", n);
      check->kind = "chat";
      check->target = "production";
      checks_.push_back(std::move(check));
    }
  }

  void beat() {
    for (int n = 0; n < results_a_second / 100 && left_ > 0; ++n, --left_) offer();
    if (left_ == 0) return recorder_.flush_now({});
    next_ += 10ms;
    timer_.expires_at(next_);
    timer_.async_wait([this](boost::system::error_code) { beat(); });
  }
  double cpu() const { return cpu_; }

 private:
  store::Recorder::Options hooks(store::Store& store) {
    return {.gather =
                [this](Changes& changes) {
                  for (auto& [place, row] : changed_) changes.buckets.push_back(std::move(row));
                  changed_.clear();
                },
            .write =
                [&store](Changes changes, store::Recorder::Kept done) {
                  store.write(std::move(changes), std::move(done));
                },
            .takes_traces = [&store] { return store.takes_traces(); }};
  }

  void offer() {
    const auto& check = checks_[static_cast<std::size_t>(left_) % probes];
    auto trace = std::make_shared<Trace>();
    for (const Phase phase : {Phase::resolve, Phase::connect, Phase::tls, Phase::request,
                              Phase::first_byte, Phase::body})
      trace->enter(phase);
    trace->finish();
    auto result = std::make_shared<Result>();
    result->check = check;
    result->started = std::chrono::system_clock::now();
    result->id = make_run_id(result->started);
    result->took = 12ms;
    if (left_ % 20 == 0)
      result->verdict = Verdict::of(Step::login, {Reason::credentials, "HTTP 401"});
    result->trace = std::move(trace);
    count(*check);
    const double before = cpu_of_this_thread();
    recorder_.accept(result);
    cpu_ += cpu_of_this_thread() - before;
  }

  void count(const Check& check) {
    for (const char* rate : {" success", " auth/login"})
      for (std::uint8_t tier = 0; tier < 4; ++tier) {
        const auto slot = static_cast<std::uint32_t>(today() / steps[tier]);
        const std::string series = key_of(check) + rate;
        changed_[{series, tier, slot}] = {series, tier, slot, 10, 1};
      }
  }

  asio::steady_timer timer_;
  Instant next_ = Clock::now();
  int left_;
  double cpu_ = 0;
  std::vector<std::shared_ptr<Check>> checks_;
  std::map<std::tuple<std::string, std::uint8_t, std::uint32_t>, BucketRow> changed_;
  store::Recorder recorder_;
};

void measure_flood(const std::string& path, int seconds) {
  asio::io_context main{1};
  auto store = opened(path, main);
  double cpu = 0;
  {
    Flood flood(main, *store, seconds);
    flood.beat();
    main.run();
    cpu = flood.cpu();
  }
  const std::uint64_t lost = store->facts().rows_lost;
  const double megabytes = resident_megabytes();
  close(std::move(store), main);
  store::Database database(std::filesystem::path(path) / "sonde.db", 1 << 20);
  const std::int64_t kept = database.number("SELECT count(*) FROM results");
  const int offered = results_a_second * seconds;
  fmt::print("{} {} {} {:.2f} {:.1f}\n", offered, kept, lost, cpu / offered * 1e6, megabytes);
}

}  // namespace
}  // namespace sonde

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const std::string folder = argv[1];
  sonde::measure_start(folder + "/month");
  sonde::measure_flood(folder + "/flood", std::atoi(argv[2]));
}
