#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/metrics/histogram.hpp"

namespace sonde::metrics {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

inline double unix_seconds(std::chrono::system_clock::time_point at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

enum class FamilyType : std::uint8_t { counter, gauge, summary, histogram };

enum class PageFormat : std::uint8_t {
  text,        // text/plain; version=0.0.4
  openmetrics  // application/openmetrics-text; version=1.0.0, with exemplars
};

// The Content-Type of a page.
std::string_view content_type(PageFormat format);

// Builds a page of metrics. Objects of prometheus-cpp, which need a KB for each
// series, exist for one family at a time, which is then written; so a page needs little
// more memory than its text. A family without series is left out.
class Page {
 public:
  explicit Page(PageFormat format = PageFormat::text);
  ~Page();

  // Starts a family and ends the previous one. `help` is one line.
  void family(std::string_view name, std::string_view help, FamilyType type);
  // Of a counter or gauge; only a counter may have an exemplar, an empty one is left out.
  void value(Labels labels, double value, const Exemplar& exemplar = {});
  void sum(Labels labels, std::uint64_t count, double sum);
  void histogram(Labels labels, const Histogram& histogram);
  // `counts` are not cumulative, one more than there are bounds; without them there is no series.
  void histogram(Labels labels, std::span<const double> bounds,
                 std::span<const std::uint64_t> counts, double sum,
                 std::span<const Exemplar> exemplars = {});

  std::string take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde::metrics
