// What no run can do or find right is a mistake of the configuration.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"

namespace sonde::test::impossible_test {
namespace {

using testing::HasSubstr;

TEST(Impossible, IsABaseUrlToWhichNoPathCanBeAppended) {
  for (const std::string base : {"http://127.0.0.1:1/?a=b", "http://127.0.0.1:1/#x"}) {
    DefaultConfig usual("127.0.0.1:1");
    usual.kind("health");
    usual.target["http"] = '"' + base + '"';
    EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("a base URL ends before '?' and '#'"));
  }
}

std::string with(const std::string& expect) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("health");
  usual.probe["expect"] = expect;
  return plan(usual.yaml()).wrong();
}

TEST(Impossible, IsAContentTypeThatNoAnswerHas) {
  for (const std::string type : {"json", "foo bar", "text/html; charset=utf-8", "application/*x y"})
    EXPECT_THAT(with("{ content_type: \"" + type + "\" }"),
                HasSubstr("expect.content_type: a media type without parameters"))
        << type;
  EXPECT_EQ(with("{ content_type: Application/JSON }"), "");
}

TEST(Impossible, IsAnOriginThatNoBrowserSends) {
  for (const std::string origin : {"https://a.example/", "https://a.example/path", "a.example",
                                   "https://a.example:443", "HTTPS://a.example", "*"})
    EXPECT_THAT(with("{ cors: { origin: \"" + origin + "\" } }"),
                HasSubstr("expect.cors.origin: an origin such as"))
        << origin;
  for (const std::string origin : {"https://a.example", "http://a.example:8080", "null"})
    EXPECT_EQ(with("{ cors: { origin: \"" + origin + "\" } }"), "") << origin;
  EXPECT_THAT(with("{ cors: { origin: \"https://a.example\", headers: [\"X Y\"] } }"),
              HasSubstr("is no name of a header"));
}

TEST(Impossible, IsACertificateWithoutItsKeyAlsoWhereNoFileIsRead) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("health");
  usual.probe["tls"] = "{ cert: /nowhere/cert.pem }";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("a client certificate (cert) needs its key"));
}

}  // namespace
}  // namespace sonde::test::impossible_test
