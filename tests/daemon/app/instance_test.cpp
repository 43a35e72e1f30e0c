#include "daemon/app/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/helpers.hpp"

namespace sonde::app::instance_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Instance eu_1{.location = "eu", .shard = {.index = 1, .count = 3, .replicas = 2}};
const Instance alone{};

std::string text_at(const config::Value& root, std::initializer_list<std::string_view> path) {
  const config::Value* value = &root;
  for (const auto name : path) {
    value = value->find(name);
    if (value == nullptr) return "nothing";
  }
  return value->text;
}

// The text at a path after the file was filled in; or what is wrong.
std::string filled(const std::string& file, std::initializer_list<std::string_view> path,
                   const Instance& instance = eu_1) {
  config::Mistakes mistakes;
  auto root = config::parse(file, "s.yaml", mistakes);
  if (!root) return config::lines(mistakes);
  fill_in(*root, instance, mistakes);
  return mistakes.any() ? config::lines(mistakes) : text_at(*root, path);
}

std::string warned(const std::string& file, const Instance& instance = eu_1) {
  config::Mistakes mistakes;
  const auto root = config::parse(file, "s.yaml", mistakes);
  if (root) warn_of_shared_accounts(*root, instance, mistakes);
  return config::lines(mistakes);
}

TEST(Instance, FillsIdentitiesTargetsStorageAndPathsOfSecrets) {
  EXPECT_EQ(filled("identities: { a: { username: 'a-{{location}}-{{ shard }}' } }",
                   {"identities", "a", "username"}),
            "a-eu-1");
  EXPECT_EQ(filled("targets: { p: { identities: { a: { password: { file: '/s/{{shard}}' } } } } }",
                   {"targets", "p", "identities", "a", "password", "file"}),
            "/s/1");
  EXPECT_EQ(filled("targets: { p: { http: 'https://{{location}}.example.com' } }",
                   {"targets", "p", "http"}),
            "https://eu.example.com");
  EXPECT_EQ(filled("storage: { path: '/var/{{location}}/{{shard}}' }", {"storage", "path"}),
            "/var/eu/1");
  EXPECT_EQ(filled("receivers: { r: { slack: { url: { env: 'URL_{{location}}' } } } }",
                   {"receivers", "r", "slack", "url", "env"}),
            "URL_eu");
  EXPECT_EQ(
      filled("logins: { l: { state_file: '/l/{{location}}' } }", {"logins", "l", "state_file"}),
      "/l/eu");
}

TEST(Instance, LeavesOtherTemplatesToTheRunAndOtherTextsAsTheyAre) {
  EXPECT_EQ(filled("probes: { c: { prompt: '{{location}} {{shard}} {{challenge}} {{' } }",
                   {"probes", "c", "prompt"}),
            "{{location}} 1 {{challenge}} {{");
  EXPECT_EQ(filled("alerts: { A: { annotations: { note: '{{location}} {{shard}}' } } }",
                   {"alerts", "A", "annotations", "note"}),
            "{{location}} {{shard}}");
  EXPECT_EQ(filled("identities: { a: { username: '{{other}} {{location}}' } }",
                   {"identities", "a", "username"}),
            "{{other}} eu");
}

TEST(Instance, TheCommandLineComesBeforeTheFile) {
  const std::string file = "location: us\nidentities: { a: { username: '{{location}}' } }";
  EXPECT_EQ(filled(file, {"identities", "a", "username"}), "eu");
  EXPECT_EQ(filled(file, {"location"}), "eu");
  EXPECT_EQ(filled(file, {"identities", "a", "username"}, alone), "us");
  EXPECT_EQ(filled("workers: 1", {"location"}), "eu");
}

TEST(Instance, ADaemonWithoutShardsIsTheFirst) {
  EXPECT_EQ(filled("identities: { a: { username: 'a{{shard}}' } }", {"identities", "a", "username"},
                   alone),
            "a0");
}

TEST(Instance, ALocationThatNothingSaysIsAMistake) {
  EXPECT_THAT(filled("identities: { a: { username: 'a-{{location}}' } }", {}, alone),
              AllOf(HasSubstr("identities.a.username"), HasSubstr("{{location}} is not known"),
                    HasSubstr("--location")));
}

TEST(Instance, ALocationLeadsToNoOtherFolderAndIsNoTemplate) {
  for (const std::string& right :
       std::vector<std::string>{"eu", "Frankfurt 1", "eu-west-1.a_b", "...", "7"})
    EXPECT_EQ(wrong_with_location(right), "");
  EXPECT_EQ(wrong_with_location(std::string(60, 'x')), "");
  for (const std::string wrong : {"", ".", "..", "../../etc", "a/b", "{{shard}}", "{{location}}",
                                  " ", " eu", "eu ", "a\nb", "a\x1b[31m", "a\\b", "Z\u00fcrich"}) {
    EXPECT_THAT(wrong_with_location(wrong), HasSubstr("a location is 1 to 60 letters")) << wrong;
    const Instance odd{.location = wrong.empty() ? "." : wrong, .shard = {}};
    EXPECT_THAT(filled("storage: { path: 'store-{{location}}' }", {"storage", "path"}, odd),
                HasSubstr("location: a location is"))
        << wrong;
  }
  EXPECT_THAT(wrong_with_location(std::string(61, 'x')), HasSubstr("1 to 60"));
  EXPECT_THAT(filled("location: ../../etc\nworkers: 1", {"workers"}, alone),
              HasSubstr("not '../../etc'"));
}

const std::string isolation = R"(
identities: { a: { username: a }, b: { username: 'b-{{shard}}-{{location}}' } }
probes: { i: { kind: isolation, target: t, sessions: [{ as: a }, { as: b }] } }
)";

TEST(SharedAccounts, AProbeThatNeedsItsAccountAloneIsWarnedOf) {
  EXPECT_THAT(warned(isolation),
              AllOf(HasSubstr("identities.a: the 3 shards share it"), HasSubstr("the probe 'i'"),
                    HasSubstr("{{shard}}"), HasSubstr("the locations share it"),
                    Not(HasSubstr("identities.b"))));
  const std::string base =
      "defaults: { as: a, login: l }\nidentities: { a: { username: a } }\nprobes: { p: ";
  EXPECT_THAT(warned(base + "{ kind: upgrade, refuse: [no_token, wrong_password] } }"),
              HasSubstr("tries wrong passwords"));
  EXPECT_THAT(warned(base + "{ kind: upgrade, refuse: [logged_out] } }"), HasSubstr("logs it out"));
  EXPECT_THAT(warned(base + "{ kind: login } }\nlogins: { l: { method: refresh } }"),
              HasSubstr("redeems its refresh token"));
}

TEST(SharedAccounts, OnlyWhatNamesTheUserGivesAnAccountOfItsOwn) {
  const auto said = [](const std::string& fields) {
    return warned("identities: { a: { " + fields + " } }\n" +
                  "probes: { u: { kind: upgrade, as: a, refuse: [logged_out] } }");
  };
  const std::string own = "{{location}}-{{shard}}";
  for (const std::string& fields : std::vector<std::string>{
           "username: sonde, password: { file: '/s/" + own + "' }",
           "E-Mail: sonde@example.com, note: '" + own + "'", "username: '{{vars.shard}} location'",
           "username: sonde", "token: { file: /s/token }"})
    EXPECT_THAT(said(fields), AllOf(HasSubstr("the 3 shards share it"),
                                    HasSubstr("the locations share it"), HasSubstr("the user")))
        << fields;
  for (const std::string& fields : std::vector<std::string>{
           "username: 'sonde-" + own + "', password: { file: /s/one }",
           "user_email: 'sonde-{{ location }}{{ shard }}@example.com'",
           "username: { file: '/s/user-" + own + "' }, password: { file: /s/one }",
           "refresh_token: { file: '/s/" + own + "' }", "token: { env: 'TOKEN_" + own + "' }"})
    EXPECT_EQ(said(fields), "") << fields;
}

TEST(SharedAccounts, TheIdentityOfATargetIsMeantWhereItHasOne) {
  EXPECT_THAT(warned(R"(
targets: { t: { identities: { a: { username: a } } } }
probes: { u: { kind: upgrade, target: [t], as: a, refuse: [logged_out] } }
)"),
              HasSubstr("targets.t.identities.a"));
}

TEST(SharedAccounts, NothingIsSaidOfProbesThatCanShareOrOfADaemonAlone) {
  const std::string upgrade =
      "identities: { a: { username: a } }\n"
      "probes: { u: { kind: upgrade, as: a, refuse: [no_token] } }";
  EXPECT_EQ(warned(upgrade), "");
  EXPECT_EQ(warned(isolation, alone), "");
}

}  // namespace
}  // namespace sonde::app::instance_test
