#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"
#include "daemon/core/view.hpp"

namespace sonde::metrics {

// What Prometheus reads. All counts live on a thread of their own, which also renders them, so
// that a scrape costs neither the workers nor the main thread anything. Series exist at 0 from
// assign() on; those of a check that is gone vanish with it. Called on the main thread only.
class Metrics : public Sink {
 public:
  struct Options {
    std::string version, revision;  // of sonde_build_info
    std::size_t workers = 1;
    // What the rooms say of themselves; asked in render(), on the main thread. Empty: nothing.
    std::function<Facts()> facts = {};
    // Whether a run began within a maintenance that leaves it out. Empty: none did.
    std::function<bool(const Result&)> excluded = {};
  };
  explicit Metrics(Options options);
  ~Metrics() override;  // a page that is asked for is rendered first

  // From now on exactly these checks; one with the name, kind and target of an old one goes on
  // with its counts. `in_flight` is asked on the rendering thread while a page is made.
  void assign(std::vector<std::shared_ptr<const Check>> checks,
              std::function<int(const Check&)> in_flight);
  void accept(const ResultPtr& result) override;

  // An attempt to load the configuration. `hash` names the one that is active now.
  void loaded(bool succeeded, std::string hash, std::chrono::system_clock::time_point now);
  // A request that the web listener answered.
  void served(std::string handler, unsigned code, Span took);

  // The page in the text format 0.0.4, gzipped if asked; `done` is called on the rendering thread.
  void render(bool gzip, std::function<void(std::string)> done);

 private:
  class Renderer;
  std::function<Facts()> facts_;
  std::function<bool(const Result&)> excluded_;
  std::unique_ptr<Renderer> renderer_;
  std::vector<KeptResult> waiting_;
  void flush();
};

}  // namespace sonde::metrics
