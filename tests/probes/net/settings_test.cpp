#include "probes/net/settings.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

namespace sonde::net::settings_test {
namespace {

class Settings : public testing::Test {
 protected:
  bool read(std::string_view yaml) {
    config::Mistakes mistakes;
    const auto value = config::parse(yaml, "test.yaml", mistakes);
    if (!value) return false;
    const bool good =
        config::section<ConnectionOptions>().read(*value, config::Reader(mistakes), line);
    said.clear();
    for (const auto& mistake : mistakes.sorted()) said += show(mistake) + "\n";
    return good && !mistakes.any();
  }
  ConnectionOptions line;
  std::string said;
};

TEST_F(Settings, AreRead) {
  ASSERT_TRUE(
      read("family: each\nproxy: http://proxy.test:3128\n"
           "dns: { servers: [192.0.2.1, \"192.0.2.2:5353\", \"::1\", \"[::1]:54\"] }\n"
           "tls: { server_name: b, min_version: \"1.3\", verify: false }\n"
           "limits: { header: 8KB, body: 2MB, frame: 125, frames: 7 }\n"))
      << said;
  EXPECT_EQ(line.family, Family::each);
  EXPECT_EQ(line.proxy.url.port, 3128);
  const std::vector<DnsServer> servers = {
      {"192.0.2.1", 53}, {"192.0.2.2", 5353}, {"::1", 53}, {"::1", 54}};
  EXPECT_EQ(line.dns.servers, servers);
  EXPECT_EQ(line.tls.min_version, "1.3");
  EXPECT_FALSE(line.tls.verify);
  EXPECT_EQ(line.limits.header, 8192U);
  EXPECT_EQ(line.limits.frames, 7U);
}

TEST_F(Settings, TlsFilesThatCannotBeReadAreToldAtLoad) {
  EXPECT_FALSE(read("tls: { ca: /none/ca.pem }\n"));
  EXPECT_NE(said.find("/none/ca.pem"), std::string::npos) << said;
}

TEST_F(Settings, DefaultsStandWhenNothingIsWritten) {
  ASSERT_TRUE(read("family: any\n")) << said;
  EXPECT_TRUE(line.proxy.empty());
  EXPECT_TRUE(line.tls.verify);
  EXPECT_EQ(line.limits.header, 64U * 1024);
}

class WrongSetting : public Settings, public testing::WithParamInterface<std::string> {};

TEST_P(WrongSetting, IsAMistake) { EXPECT_FALSE(read(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongSetting,
    testing::Values("family: both", "proxy: proxy.test:3128", "proxy: https://proxy.test",
                    "proxy: http://u:p@proxy.test", "proxy: http://proxy.test/path",
                    "dns: { servers: [resolver.test] }", "dns: { servers: [\"1.2.3.4:0\"] }",
                    "dns: { servers: [\"1.2.3.4:x\"] }", "dns: { servers: [\"[::1\"] }",
                    "dns: { server: 1.2.3.4 }", "tls: { min_version: \"1.1\" }",
                    "limits: { header: 10 }", "limits: { header: 2MB }", "limits: { body: 65MB }",
                    "limits: { frame: 100 }", "limits: { frames: 0 }",
                    "limits: { frames: 200000 }"));

}  // namespace
}  // namespace sonde::net::settings_test
