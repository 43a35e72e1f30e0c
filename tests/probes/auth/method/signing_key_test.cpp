// Keys that sign our JWTs are judged before a run.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/signer.hpp"

namespace sonde::test::signing_key_test {
namespace {

using testing::HasSubstr;

constexpr char missing[] = "";

struct KeyCase {
  std::string name;
  std::string pem;        // empty: `key` is not written
  std::string algorithm;  // as written
  std::string wrong;      // in the mistake; empty: there is none
};

// The mistakes of a file whose login has such a key: top-level keys of jwt_bearer, or client_key.
std::string mistakes(const KeyCase& one, const std::string& method) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("login");
  usual.login = {{"method", method}, {"url", R"("{{target.auth}}/token")"}};
  const std::string key =
      one.pem.empty() ? "" : "{ file: " + usual.folder.write("key.pem", one.pem) + " }";
  if (method == "jwt_bearer") {
    usual.login["key"] = key;
    usual.login["algorithm"] = one.algorithm;
    return plan(usual.yaml()).wrong();
  }
  usual.login["client_id"] = "web";
  usual.login["client_auth"] = "private_key_jwt";
  usual.login["client_key"] =
      "{ algorithm: " + one.algorithm + (key.empty() ? "" : ", key: " + key) + " }";
  if (method == "refresh")
    usual.login["login"] =
        R"({ url: "{{target.auth}}/login", body: { u: "{{identity.username}}" } })";
  return plan(usual.yaml()).wrong();
}

class Key : public testing::TestWithParam<KeyCase> {};

TEST_P(Key, IsJudgedByTheCheckOfTheFile) {
  for (const std::string method : {"jwt_bearer", "client_credentials", "refresh", "device"}) {
    const std::string found = mistakes(GetParam(), method);
    if (GetParam().wrong.empty()) {
      EXPECT_EQ(found, "") << method;
      continue;
    }
    EXPECT_THAT(found, HasSubstr(GetParam().wrong)) << method;
    EXPECT_THAT(found, HasSubstr("key")) << method;
    EXPECT_THAT(found, testing::Not(HasSubstr("BEGIN"))) << method;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Signing, Key,
    testing::Values(KeyCase{"missing", missing, "RS256", "it needs the private key, in PEM"},
                    KeyCase{"no_key", "no key at all", "RS256", "no private key in PEM"},
                    KeyCase{"public", Signer("RS256").public_pem(), "RS256", "no private key"},
                    KeyCase{"other_kind", Signer("ES256").pem(), "RS256",
                            "not the kind of key that RS256 wants"},
                    KeyCase{"rsa_for_curve", Signer("RS256").pem(), "ES256",
                            "not the kind of key that ES256 wants"},
                    KeyCase{"rsa", Signer("RS256").pem(), "PS384", ""},
                    KeyCase{"curve", Signer("ES256").pem(), "ES256", ""}),
    [](const auto& each) { return each.param.name; });

TEST(PrivateKeyJwt, WithoutAClientKeyIsAMistake) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("login");
  usual.login = {{"method", "client_credentials"},
                 {"url", R"("{{target.auth}}/token")"},
                 {"client_id", "web"},
                 {"client_auth", "private_key_jwt"}};
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("private_key_jwt needs it"));
}

TEST(PrivateKeyJwt, AKeyThatIsNotUsedIsWarnedOf) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("login");
  usual.login = {
      {"method", "client_credentials"},
      {"url", R"("{{target.auth}}/token")"},
      {"client_id", "web"},
      {"client_auth", "none"},
      {"client_key", "{ key: { file: " + usual.folder.write("k", Signer().pem()) + " } }"}};
  EXPECT_THAT(plan(usual.yaml()).warned(), HasSubstr("client_auth is not private_key_jwt"));
}

}  // namespace
}  // namespace sonde::test::signing_key_test
