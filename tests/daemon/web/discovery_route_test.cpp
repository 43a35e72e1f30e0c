#include "daemon/web/discovery_route.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/text/json.hpp"
#include "tests/daemon/metrics/made_result.hpp"

namespace sonde::web::discovery_route_test {
namespace {

using testing::HasSubstr;
using testing::Not;

using Checks = std::vector<std::shared_ptr<const Check>>;

std::string labels_of(const Instance& instance, bool tls = false) {
  return discovered(Checks{metrics::chat_check("chat", "staging")}, instance, "sonde:9811", tls);
}

TEST(Discovery, EachCheckIsATargetThatScrapesItsProbe) {
  const Checks checks = {metrics::chat_check("chat", "staging"),
                         metrics::chat_check("chat \"x\"", "production")};
  const auto document = text::Document::parse(discovered(checks, {}, "sonde:9811", false));
  ASSERT_TRUE(document);
  ASSERT_EQ(document->root().size(), 2U);
  const auto label = [&](std::size_t i, std::string_view name) {
    return std::string(document->root().item(i).member("labels").member(name).string_or_empty());
  };
  EXPECT_EQ(document->root().item(0).member("targets").item(0).string(), "sonde:9811");
  EXPECT_EQ(label(0, "__metrics_path__"), "/probe");
  EXPECT_EQ(label(1, "__param_module"), "chat \"x\"");
  EXPECT_EQ(label(1, "__param_target"), "production");
  EXPECT_EQ(label(1, "probe"), "chat \"x\"");
  EXPECT_EQ(label(1, "target"), "production");
  EXPECT_EQ(label(1, "kind"), "chat");
}

TEST(Discovery, LocationAndShardAreLabelsWhereThereAreSome) {
  EXPECT_THAT(labels_of({}), Not(HasSubstr("\"location\"")));
  EXPECT_THAT(labels_of({}), Not(HasSubstr("\"shard\"")));
  const std::string text =
      labels_of({.location = "eu", .shard = {.index = 2, .count = 3, .replicas = 1}});
  EXPECT_THAT(text, HasSubstr(R"("location":"eu","shard":"2")"));
}

TEST(Discovery, APortWithTlsIsAskedByHttps) {
  EXPECT_THAT(labels_of({}), HasSubstr(R"("__scheme__":"http")"));
  EXPECT_THAT(labels_of({}, true), HasSubstr(R"("__scheme__":"https")"));
}

TEST(Discovery, AScrapeTakesNoLongerThanTheInterval) {
  auto check = std::make_shared<Check>(*metrics::chat_check("chat", "staging"));
  check->every = std::chrono::seconds(60);
  check->timeout = std::chrono::seconds(10);
  EXPECT_THAT(discovered(Checks{check}, {}, "h", false),
              HasSubstr(R"("__scrape_interval__":"60000ms","__scrape_timeout__":"11000ms")"));
  check->every = std::chrono::milliseconds(1500);
  EXPECT_THAT(discovered(Checks{check}, {}, "h", false),
              HasSubstr(R"("__scrape_interval__":"1500ms","__scrape_timeout__":"1500ms")"));
}

TEST(Discovery, ADaemonThatRunsNothingListsNothing) {
  EXPECT_EQ(discovered({}, {}, "sonde:9811", false), "[]");
}

}  // namespace
}  // namespace sonde::web::discovery_route_test
