#include "config/literal_secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"

namespace sonde::config::literal_secret_test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string warned(const std::string& yaml) {
  Mistakes mistakes;
  const auto root = parse(yaml, "test.yaml", mistakes);
  if (root) warn_of_literal_secrets(*root, mistakes);
  std::string all;
  for (const auto& mistake : mistakes.sorted()) all += show(mistake) + "\n";
  return all;
}

std::string of_header(const std::string& header) {
  return warned("probes: { p: { url: 'https://a/', headers: { " + header + " } } }");
}
std::string of_url(const std::string& url) {
  return warned("probes: { p: { url: '" + url + "' } }");
}

TEST(LiteralSecret, AHeaderWhoseNameSaysSoIsTold) {
  for (const char* header :
       {"X-Key: abc123", "x-api-key: hunter2!", "Authorization: 'Bearer abcdef123456'",
        "X-Auth-Token: a1b2c3", "Authorization: 'Basic YWxpY2U6aHVudGVyMg=='",
        "ApiKey: s3cr3t-s3cr3t", "X-Signature: 0badc0ffee"}) {
    const std::string text = of_header(header);
    EXPECT_THAT(text, HasSubstr("warning: probes.p.headers.")) << header;
    EXPECT_THAT(text, HasSubstr("test.yaml:1:")) << header;
  }
  EXPECT_THAT(of_header("X-Key: abc123"), Not(HasSubstr("abc123"))) << "the secret is not shown";
}

TEST(LiteralSecret, AQueryParameterIsTold) {
  for (const char* url :
       {"https://a/h?token=abc123", "https://a/h?x=1&api_key=abc-123",
        "{{target.http}}/h?sig=0badc0ffee", "wss://a/ws?k=9f86d081884c7d659a2feaa0c55ad015",
        "/h?auth=abc123", "https://a/?access_token=a1b2c3d4"})
    EXPECT_THAT(of_url(url), HasSubstr("warning: probes.p.url")) << url;
}

TEST(LiteralSecret, ARandomTextIsToldUnderAnyName) {
  for (const char* header :
       {"X-K: 9f86d081884c7d659a2feaa0c55ad015", "X-Tenant: sk-abcdefghijklmnop",
        "X-A: ghp_0123456789abcdefghij", "X-B: eyJhbGciOiJIUzI1NiJ9"})
    EXPECT_NE(of_header(header), "") << header;
}

TEST(LiteralSecret, ABodyAndTheVarsOfATargetAreLookedAt) {
  EXPECT_THAT(warned("logins: { l: { body: { user: a, client_secret: abc123 } } }"),
              HasSubstr("logins.l.body.client_secret"));
  EXPECT_THAT(warned("targets: { t: { vars: { api_key: abc-123 } } }"),
              HasSubstr("targets.t.vars.api_key"));
  EXPECT_THAT(warned("logins: { l: { requests: [{ json: { auth: { password: 'p4ssw0rd' } } }] } }"),
              HasSubstr("password"));
}

TEST(LiteralSecret, WhereNoTemplateIsFilledInNoneIsAdvised) {
  for (const char* yaml : {"receivers: { r: { webhook: { url: 'https://a/?token=a1b2c3d4' } } }",
                           "heartbeat: { url: 'https://a/?token=a1b2c3d4' }"}) {
    EXPECT_THAT(warned(yaml), HasSubstr("write the whole value as { file: PATH }")) << yaml;
    EXPECT_THAT(warned(yaml), Not(HasSubstr("{{"))) << yaml;
  }
}

TEST(LiteralSecret, TemplatesReferencesAndPlainWordsAreNone) {
  for (const char* header :
       {"Authorization: 'Bearer {{identity.token}}'", "X-Key: '{{identity.key}}'",
        "X-Auth-Type: password", "X-Token-Type: bearer", "Accept: application/json",
        "X-Request-Id: 123e4567-e89b-12d3-a456-426614174000", "X-Key: { env: KEY }",
        "Authorization: 'Basic {{identity.basic | b64}}'", "X-Keyboard: abc123",
        "User-Agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'"})
    EXPECT_EQ(of_header(header), "") << header;
  for (const char* url :
       {"https://a/h?token={{token}}", "https://a/h?page=2&sort=name", "https://a/h?v=2.0.0",
        "{{target.ws}}/socket/websocket?vsn=2.0.0", "https://a/h?q=authentication-of-users"})
    EXPECT_EQ(of_url(url), "") << url;
  EXPECT_EQ(warned("logins: { l: { token: /data/access_token_2, body: { password: "
                   "'{{identity.password}}' } } }"),
            "");
  EXPECT_EQ(warned("probes: { p: { prompt: 'What is the key? Is token=abc123 one?' } }"), "");
}

}  // namespace
}  // namespace sonde::config::literal_secret_test
