#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/metrics/metrics.hpp"
#include "tests/daemon/metrics/made_facts.hpp"

namespace sonde::metrics {

inline const std::string who = R"(probe="chat",kind="chat",target="staging")";

struct MetricsTest : testing::Test {
  std::shared_ptr<Check> chat = chat_check();
  int under_way = 0;
  bool maintenance = false;
  Facts facts;
  Instant now = Instant(std::chrono::hours(1));
  Metrics metrics{{.version = "1.2.3",
                   .revision = "abc",
                   .workers = 2,
                   .facts = [this] { return facts; },
                   .excluded = [this](const Result&) { return maintenance; },
                   .now = [this] { return now; }}};

  void SetUp() override { assign({chat}); }
  void assign(std::vector<std::shared_ptr<const Check>> checks) {
    metrics.assign(std::move(checks), [this](const Check&) { return under_way; });
  }
  // The page some minutes after what happened, when it shows every count.
  std::string page(bool gzip = false) {
    now += std::chrono::minutes(5);
    return page_now(gzip);
  }
  std::string openmetrics() {
    now += std::chrono::minutes(5);
    return page_now(false, PageFormat::openmetrics);
  }
  std::string page_now(bool gzip = false, PageFormat format = PageFormat::text) {
    std::promise<std::string> promise;
    metrics.render(format, gzip,
                   [&promise](std::string text) { promise.set_value(std::move(text)); });
    return promise.get_future().get();
  }
};

// A line of the page: name{labels} value.
inline std::string line(const std::string& name, const std::string& more,
                        const std::string& value) {
  return "\n" + name + "{" + who + (more.empty() ? "" : "," + more) + "} " + value + "\n";
}

}  // namespace sonde::metrics
