#include "config/effective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "config/schema.hpp"

namespace sonde::config::effective_test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::optional<Value> parsed(const std::string& yaml) {
  Mistakes mistakes;
  return parse(yaml, "test.yaml", mistakes);
}
std::string shown(const std::string& yaml) {
  const auto root = parsed(yaml);
  return root ? effective_yaml(*root) : "no YAML";
}

TEST(EffectiveYaml, MeansWhatTheFileMeans) {
  for (const char* yaml :
       {"a: 1\nb: '1'\nc: [x, 'y: z', \"tab\\tand \\\"quotes\\\"\", []]\nd: { e: {}, 'f g': ~ }",
        "workers: 2\nprobes: { p: { kind: health, every: 30s, url: '{{target.http}}/x?y=1' } }",
        "alerts: { A: { of: auth_success, below: 90%, over: [10m, 30m] } }",
        "list:\n  - { a: 1, b: [2, 3] }\n  - text\n  - |\n    two\n    lines\n",
        "'yes': on\n'12': -5\nnumber: 1e3\nnegative: '-x'\nunicode: 'gr\u00fc\u00dfe "
        "\U0001F600'"}) {
    const std::string once = shown(yaml);
    const auto again = parsed(once);
    ASSERT_TRUE(again) << once;
    EXPECT_EQ(to_json(*again), to_json(*parsed(yaml))) << once;
  }
}

TEST(EffectiveYaml, ShowsWhereSecretsAreAndNoSecret) {
  const std::string yaml = shown(R"(
identities:
  ann: { username: ann@example.com, password: hunter, pin: { file: /run/secrets/pin-8XbQ21jK9sLm4Zt7Rw }, api_key: "{{vars.x}}" }
  bob: { password: { env: BOB_PASSWORD }, token: { credential: bob } }
targets: { t: { http: "https://api.example.com", auth: "https://joe:pw@auth.example.com/x" } }
logins: { l: { method: json, token: /access_token, headers: { X-Api-Key: letters, Authorization: "Bearer {{token}}" } } }
probes:
  p: { kind: health, url: "https://api.example.com/x?token=abc123&page=2", headers: { Authorization: "Bearer abc" } }
  q: { kind: health, body: { anything: sk-live-0123456789abcdef } }
receivers:
  team: { slack: { url: "https://hooks.slack.com/services/T0/B0/abcdefg" } }
  list: { alertmanager: { urls: ["http://am:9093/x?y=1"] } }
  hook: { webhook: { url: { file: /etc/hook }, headers: { Authorization: plain } } }
heartbeat: { url: "https://hc-ping.com/0b7c5f6e-uuid" }
)");
  for (const char* secret : {"hunter", "joe", "pw@", "letters", "abc123", "Bearer abc", "sk-live",
                             "services", "plain", "0b7c5f6e", "9093/x"})
    EXPECT_THAT(yaml, Not(HasSubstr(secret)));
  for (const char* text :
       {"password: <secret>", "file: /run/secrets/pin-8XbQ21jK9sLm4Zt7Rw", "env: BOB_PASSWORD",
        "credential: bob", "username: \"ann@example.com\"",
        "\"https://<secret>@auth.example.com/x\"", "token: /access_token", "Bearer {{token}}",
        "?token=<secret>&page=2", "\"https://hooks.slack.com/<secret>\"", "file: /etc/hook",
        "{{vars.x}}", "\"https://hc-ping.com/<secret>\""})
    EXPECT_THAT(yaml, HasSubstr(text));
}

}  // namespace
}  // namespace sonde::config::effective_test
