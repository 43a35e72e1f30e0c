#include "daemon/schedule/egress_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"

namespace sonde::schedule::egress_settings_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct EgressSettingsTest : testing::Test {
  EgressSettings settings;
  config::Mistakes mistakes;

  // Every mistake and warning in one text.
  std::string read(const std::string& yaml) {
    const auto root = config::parse(yaml, "test.yaml", mistakes);
    if (root)
      config::Codec<EgressSettings>::read(*root, config::Reader(mistakes, "egress"), {}, settings);
    std::string all;
    for (const auto& mistake : mistakes.sorted()) all += config::show(mistake) + "\n";
    return all;
  }
};

TEST_F(EgressSettingsTest, ReadsNamesAndPorts) {
  EXPECT_THAT(read("{ every: 3s, references: [{ dns: example.com, servers: [\"192.0.2.53\"] }, "
                   "{ tcp: \"[2001:db8::1]:443\" }, { tcp: \"one.example.com:853\" }] }"),
              IsEmpty());
  EXPECT_EQ(settings.every, std::chrono::seconds(3));
  EXPECT_EQ(settings.timeout, std::chrono::seconds(2));
  ASSERT_EQ(settings.references.size(), 3u);
  EXPECT_EQ(settings.references[0].title(), "dns example.com");
  EXPECT_EQ(settings.references[0].servers.servers.size(), 1u);
  EXPECT_EQ(settings.references[1].tcp.host, "2001:db8::1");
  EXPECT_EQ(settings.references[1].title(), "tcp [2001:db8::1]:443");
  EXPECT_EQ(settings.references[2].tcp.port, 853);
}

TEST_F(EgressSettingsTest, WarnsOfOneThatDecidesAlone) {
  EXPECT_THAT(read("{ references: [{ dns: example.com }] }"), HasSubstr("name a second one"));
  EXPECT_FALSE(mistakes.any());
}

TEST_F(EgressSettingsTest, AReferenceIsEitherANameOrAPort) {
  EXPECT_THAT(read("{ references: [{ dns: example.com, tcp: \"192.0.2.1:443\" }, {}] }"),
              HasSubstr("either { dns: NAME } or { tcp: \"host:port\" }"));
}

TEST_F(EgressSettingsTest, TellsEveryMistakeAtOnce) {
  const std::string said = read(
      "{ every: 10ms, references: [{ dns: \"192.0.2.1\" }, { tcp: \"192.0.2.1\" }, "
      "{ tcp: \"192.0.2.1:443\", servers: [\"192.0.2.53\"] }, { dsn: example.com }] }");
  EXPECT_THAT(said, HasSubstr("egress.every"));
  EXPECT_THAT(said, HasSubstr("expected a name of at most 200 characters"));
  EXPECT_THAT(said, HasSubstr("expected host:port"));
  EXPECT_THAT(said, HasSubstr("only a reference by dns"));
  EXPECT_THAT(said, HasSubstr("did you mean 'dns'?"));
}

TEST_F(EgressSettingsTest, NeedsAtLeastOne) {
  EXPECT_THAT(read("{ every: 5s }"), HasSubstr("references"));
  EXPECT_TRUE(mistakes.any());
}

}  // namespace
}  // namespace sonde::schedule::egress_settings_test
