#pragma once
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/chat_target.hpp"

// Probes with settings that contradict each other, and what `sonde check` has to say about them.
namespace sonde::test {

struct Contradicting {
  std::string kind;
  DefaultConfig::Keys probe;
  std::string told;  // what the mistake has to say
  std::string more = {};
};

inline Planned plan_of(const Contradicting& row) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind(row.kind);
  usual.defaults["timeout"] = "5s";
  merge(usual.probe, row.probe);
  usual.more = row.more;
  return plan(usual.yaml());
}

inline void expect_mistakes(const std::vector<Contradicting>& rows) {
  for (const Contradicting& row : rows)
    EXPECT_THAT(plan_of(row).wrong(), testing::HasSubstr(row.told)) << row.told;
}

inline void expect_right(const std::vector<Contradicting>& rows) {
  for (const Contradicting& row : rows) EXPECT_EQ(plan_of(row).wrong(), "");
}

}  // namespace sonde::test
