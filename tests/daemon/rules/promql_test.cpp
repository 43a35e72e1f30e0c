#include "daemon/rules/promql.hpp"

#include <gtest/gtest.h>

namespace sonde::rules::promql_test {
namespace {

using namespace std::chrono_literals;

TEST(Promql, MatchesOneNameExactlyAndSeveralAsAPattern) {
  EXPECT_EQ(matchers({.probe = {}, .kind = {}, .target = {}}), Matchers{});
  EXPECT_EQ(matchers({.probe = {"chat.eu"}, .kind = {}, .target = {"a", "b"}}),
            (Matchers{R"(probe="chat.eu")", R"(target=~"a|b")"}));
}

TEST(Promql, KeepsDotsOfNamesFromMatchingAnything) {
  EXPECT_EQ(one_of("probe", {"a.b", "c"}), R"(probe=~"a\\.b|c")");
}

TEST(Promql, SelectsSeriesAndRanges) {
  EXPECT_EQ(series("up", {}), "up");
  EXPECT_EQ(range("up", {equals("job", "s\"")}, 90s), R"(up{job="s\""}[1m30s])");
}

TEST(Promql, LooksAcrossDaemons) {
  EXPECT_EQ(across("sum", "", "x"),
            "sum by (job, probe, kind, target, step, event, reason, host_port, le) (x)");
  EXPECT_EQ(across("max", "probe, kind", "x"),
            "max by (job, target, step, event, reason, host_port, le) (x)");
  EXPECT_EQ(by_location("max", "kind", "x"),
            "max by (job, location, probe, target, step, event, reason, host_port, le) (x)");
}

TEST(Promql, ComparesSharesInTheSmallestWholeNumbers) {
  EXPECT_EQ(against("f", ">", {.of = 100'000, .in = 1'000'000}, "a"), "10 * f > a");
  EXPECT_EQ(against("f", "<=", {.of = 5'000, .in = 1'000'000}, "a"), "1000 * f <= 5 * a");
  EXPECT_EQ(against("f", ">", {.of = 123'456, .in = 1'000'000}, "a"), "1000000 * f > 123456 * a");
  EXPECT_EQ(against("f", ">", {.of = 0, .in = 1'000'000}, "a"), "f > 0 * a");
}

TEST(Promql, IndentsBlocks) { EXPECT_EQ(block(all({"a", "b"})), "(\n  a\n  and b\n)"); }

}  // namespace
}  // namespace sonde::rules::promql_test
