#include "daemon/metrics/metrics_page.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <ostream>
#include <streambuf>
#include <utility>
#include <vector>

#include "daemon/metrics/openmetrics.hpp"

namespace sonde::metrics {
namespace {

class StringBuffer : public std::streambuf {
 public:
  explicit StringBuffer(std::string& text) : text_(text) {}

 protected:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    text_.append(from, static_cast<std::size_t>(count));
    return count;
  }
  int_type overflow(int_type c) override {
    if (c != traits_type::eof()) text_.push_back(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

 private:
  std::string& text_;
};

prometheus::MetricType library_type(FamilyType type) {
  switch (type) {
    case FamilyType::counter:
      return prometheus::MetricType::Counter;
    case FamilyType::gauge:
      return prometheus::MetricType::Gauge;
    case FamilyType::summary:
      return prometheus::MetricType::Summary;
    case FamilyType::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

}  // namespace

struct Page::State {
  PageFormat format = PageFormat::text;
  std::string text = {};
  FamilyExemplars exemplars = {};  // one row for each metric of the family
  std::vector<prometheus::MetricFamily> families = std::vector<prometheus::MetricFamily>(1);

  prometheus::MetricFamily& family() { return families.front(); }
  prometheus::ClientMetric& add(Labels labels);
  void write();
};

prometheus::ClientMetric& Page::State::add(Labels labels) {
  prometheus::ClientMetric& metric = family().metric.emplace_back();
  exemplars.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels)
    metric.label.push_back({std::string(name), std::string(value)});
  return metric;
}

void Page::State::write() {
  if (family().metric.empty()) return;
  if (format == PageFormat::openmetrics) {
    write_openmetrics(text, family(), exemplars);
  } else {
    StringBuffer buffer(text);
    std::ostream out(&buffer);
    prometheus::TextSerializer().Serialize(out, families);
  }
  family().metric.clear();
  exemplars.clear();
}

std::string_view content_type(PageFormat format) {
  return format == PageFormat::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

Page::Page(PageFormat format) : state_(std::make_unique<State>()) { state_->format = format; }
Page::~Page() = default;

void Page::family(std::string_view name, std::string_view help, FamilyType type) {
  state_->write();
  state_->family().name = name;
  state_->family().help = help;
  state_->family().type = library_type(type);
}

void Page::value(Labels labels, double value, const Exemplar& exemplar) {
  prometheus::ClientMetric& metric = state_->add(labels);
  if (!exemplar.empty()) state_->exemplars.back() = {exemplar};
  if (state_->family().type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

void Page::sum(Labels labels, std::uint64_t count, double sum) {
  prometheus::ClientMetric& metric = state_->add(labels);
  metric.summary.sample_count = count;
  metric.summary.sample_sum = sum;
}

void Page::histogram(Labels labels, const Histogram& of) {
  histogram(labels, of.bounds(), of.counts(), of.sum(), of.exemplars());
}

void Page::histogram(Labels labels, std::span<const double> bounds,
                     std::span<const std::uint64_t> counts, double sum,
                     std::span<const Exemplar> exemplars) {
  if (counts.size() != bounds.size() + 1) return;
  prometheus::ClientMetric& metric = state_->add(labels);
  state_->exemplars.back().assign(exemplars.begin(), exemplars.end());
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    cumulative += counts[i];
    metric.histogram.bucket.push_back({cumulative, bounds[i]});
  }
  metric.histogram.sample_count = cumulative + counts.back();
  metric.histogram.sample_sum = sum;
}

std::string Page::take() {
  state_->write();
  if (state_->format == PageFormat::openmetrics) state_->text += "# EOF\n";
  return std::exchange(state_->text, {});
}

}  // namespace sonde::metrics
