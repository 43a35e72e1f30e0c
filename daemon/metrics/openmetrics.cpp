#include "daemon/metrics/openmetrics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "daemon/metrics/metrics_page.hpp"
#include "probes/text/time.hpp"

namespace sonde::metrics {
namespace {

using prometheus::MetricType;

constexpr std::string_view total = "_total";

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Untyped:
      break;
  }
  return "unknown";
}

// Escapes what may not stand in a label value or in a help text.
std::string escaped(std::string_view text) {
  std::string all;
  for (char c : text) {
    if (c == '\n') {
      all += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

class Writer {
 public:
  Writer(std::string& page, std::string name) : page_(page), name_(std::move(name)) {}

  // One sample: `extra` is a further label, written before the end of the labels.
  void sample(std::string_view suffix, const std::vector<prometheus::ClientMetric::Label>& labels,
              std::string_view extra, const std::string& value,
              const Exemplar* exemplar = nullptr) {
    fmt::format_to(std::back_inserter(page_), "{}{}", name_, suffix);
    if (!labels.empty() || !extra.empty()) {
      char before = '{';
      for (const auto& label : labels) {
        fmt::format_to(std::back_inserter(page_), "{}{}=\"{}\"", before, label.name,
                       escaped(label.value));
        before = ',';
      }
      if (!extra.empty()) fmt::format_to(std::back_inserter(page_), "{}{}", before, extra);
      page_ += '}';
    }
    fmt::format_to(std::back_inserter(page_), " {}", value);
    if (exemplar != nullptr && !exemplar->empty())
      fmt::format_to(std::back_inserter(page_), " # {{run=\"{0}\",trace_id=\"{0}\"}} {1} {2:.3f}",
                     exemplar->run(), number(exemplar->value), unix_seconds(exemplar->started));
    page_ += '\n';
  }

 private:
  std::string& page_;
  std::string name_;
};

void write_histogram(Writer& out, const prometheus::ClientMetric& metric,
                     const std::vector<Exemplar>& exemplars) {
  const auto& of = metric.histogram;
  const auto exemplar = [&](std::size_t i) {
    return i < exemplars.size() ? &exemplars[i] : nullptr;
  };
  for (std::size_t i = 0; i < of.bucket.size(); ++i)
    out.sample("_bucket", metric.label, fmt::format("le=\"{}\"", number(of.bucket[i].upper_bound)),
               std::to_string(of.bucket[i].cumulative_count), exemplar(i));
  out.sample("_bucket", metric.label, "le=\"+Inf\"", std::to_string(of.sample_count),
             exemplar(of.bucket.size()));
  out.sample("_count", metric.label, "", std::to_string(of.sample_count));
  out.sample("_sum", metric.label, "", number(of.sample_sum));
}

void write_metric(Writer& out, MetricType type, const prometheus::ClientMetric& metric,
                  const std::vector<Exemplar>& exemplars) {
  switch (type) {
    case MetricType::Counter:
      return out.sample(total, metric.label, "", number(metric.counter.value),
                        exemplars.empty() ? nullptr : exemplars.data());
    case MetricType::Gauge:
      return out.sample("", metric.label, "", number(metric.gauge.value));
    case MetricType::Summary:
      out.sample("_count", metric.label, "", std::to_string(metric.summary.sample_count));
      return out.sample("_sum", metric.label, "", number(metric.summary.sample_sum));
    case MetricType::Histogram:
      return write_histogram(out, metric, exemplars);
    case MetricType::Untyped:
      return;
  }
}

}  // namespace

void write_openmetrics(std::string& page, const prometheus::MetricFamily& family,
                       const FamilyExemplars& exemplars) {
  std::string name = family.name;
  if (family.type == MetricType::Counter && name.ends_with(total))
    name.resize(name.size() - total.size());
  fmt::format_to(std::back_inserter(page), "# TYPE {} {}\n# HELP {} {}\n", name,
                 type_name(family.type), name, escaped(family.help));
  Writer out(page, std::move(name));
  static const std::vector<Exemplar> none;
  for (std::size_t i = 0; i < family.metric.size(); ++i)
    write_metric(out, family.type, family.metric[i], i < exemplars.size() ? exemplars[i] : none);
}

}  // namespace sonde::metrics
