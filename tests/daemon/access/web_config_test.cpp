#include "daemon/access/web_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/certificates.hpp"

namespace sonde::access::web_config_test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Outcome {
  std::optional<WebConfig> config;
  std::string mistakes, warnings;
  WatchedFiles watched;
};

Outcome load(const fs::path& file) {
  Outcome outcome;
  config::Mistakes mistakes;
  outcome.config = load_web_config(file, mistakes, outcome.watched);
  for (const auto& mistake : mistakes.sorted())
    (mistake.warning ? outcome.warnings : outcome.mistakes) += config::show(mistake) + "\n";
  return outcome;
}

struct WebConfigTest : testing::Test {
  test::Authority authority;
  test::Identity server = authority.issue({});

  Outcome of(const std::string& yaml) { return load(authority.write("web.yml", yaml)); }
  std::string tls(const std::string& more) const {
    return "tls_server_config:\n  cert_file: " + server.cert + "\n  key_file: " + server.key +
           "\n" + more;
  }
};

fs::path vectors() {
  const char* shared = std::getenv("SONDE_SHARED");
  return fs::path(shared != nullptr ? shared : SONDE_SOURCE_DIR "/../shared") / "vectors" /
         "web-config";
}

// The keys that Sonde does not have: a file that uses them is refused by their name.
const std::map<std::string, std::string> unsupported = {
    {"web_config_rate_limiter_nonblocking.yaml", "rate_limit"},
    {"web_config_rate_limiter_one_second.yaml", "rate_limit"},
    // The same text as web_config_auth_clientCAs_missing.bad.yml.
    {"web_config_noAuth.good.blocking.yml", "client_auth_type"}};
// Files whose names do not say whether they are good. That of the SANs is good, and lets nobody in.
const std::map<std::string, bool> by_content = {{"web_config_empty.yml", true},
                                                {"web_config_junk.yml", false},
                                                {"web_config_junk_key.yml", false},
                                                {"web_config_auth_client_san.bad.yaml", true}};

TEST(WebConfigVectors, OfTheExporterToolkitAreTakenOrRefusedAsTheirNamesSay) {
  if (!fs::exists(vectors())) GTEST_SKIP() << "there is no " << vectors();
  int count = 0;
  for (const auto& entry : fs::directory_iterator(vectors())) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".yml" && entry.path().extension() != ".yaml") continue;
    ++count;
    const Outcome outcome = load(entry.path());
    if (const auto key = unsupported.find(name); key != unsupported.end()) {
      EXPECT_FALSE(outcome.config) << name;
      EXPECT_THAT(outcome.mistakes, AllOf(HasSubstr(key->second), HasSubstr("is not supported")));
      continue;
    }
    const auto known = by_content.find(name);
    const bool good = known != by_content.end() ? known->second : name.contains(".good.");
    EXPECT_EQ(outcome.config.has_value(), good) << name << ": " << outcome.mistakes;
    EXPECT_EQ(outcome.mistakes.empty(), good) << name;
    EXPECT_THAT(outcome.mistakes + outcome.warnings, Not(HasSubstr("PRIVATE KEY"))) << name;
    EXPECT_THAT(outcome.mistakes + outcome.warnings, Not(HasSubstr("$2y$1"))) << name;
  }
  EXPECT_GE(count, 40);
}

TEST_F(WebConfigTest, AnEmptyFileAllowsEverything) {
  for (const char* yaml : {"", "\n\n", "# nothing\n", "---\n"}) {
    const Outcome outcome = of(yaml);
    ASSERT_TRUE(outcome.config) << outcome.mistakes;
    EXPECT_FALSE(asks(*outcome.config));
    EXPECT_EQ(outcome.config->tls, nullptr);
  }
}

TEST_F(WebConfigTest, AskingSomethingOfClientsIsAPasswordOrAVerifiedCertificate) {
  const std::string ca = "  client_ca_file: " + authority.file() + "\n  client_auth_type: ";
  const auto asked = [&](const std::string& yaml) {
    const Outcome outcome = of(yaml);
    EXPECT_TRUE(outcome.config) << outcome.mistakes;
    return outcome.config && asks(*outcome.config);
  };
  EXPECT_FALSE(asked(tls("")));
  EXPECT_TRUE(asked(tls(ca + "RequireAndVerifyClientCert")));
  EXPECT_FALSE(asked(tls(ca + "VerifyClientCertIfGiven")));
  EXPECT_FALSE(asked(tls("  client_auth_type: RequireAnyClientCert")));
  EXPECT_FALSE(asked(tls("  client_auth_type: RequestClientCert")));
  EXPECT_TRUE(
      asked("basic_auth_users:\n  a: "
            "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu\n"));
}

TEST_F(WebConfigTest, WatchesTheFilesThatItNames) {
  const Outcome outcome = of(tls("  client_ca_file: " + authority.file() +
                                 "\n  client_auth_type: RequireAndVerifyClientCert"));
  EXPECT_EQ(outcome.watched.size(), 4U);
  const Outcome without =
      of(tls("  client_ca_file: nowhere.pem\n"
             "  client_auth_type: RequireAndVerifyClientCert"));
  EXPECT_FALSE(without.config);
  EXPECT_EQ(without.watched.size(), 4U) << "so that it is read again when the file is there";
}

TEST_F(WebConfigTest, WithoutSecretsTheFilesThatItNamesAreListedAndNotRead) {
  config::Mistakes mistakes(config::SecretUse::skip);
  WatchedFiles watched;
  const auto config =
      load_web_config(authority.write("web.yml",
                                      "tls_server_config: { cert_file: a.pem, key_file: /b.pem, "
                                      "client_ca_file: c.pem, client_auth_type: "
                                      "RequireAndVerifyClientCert }\n"),
                      mistakes, watched);
  ASSERT_TRUE(config);
  EXPECT_TRUE(asks(*config));
  EXPECT_EQ(mistakes.skipped().size(), 3U);
  EXPECT_EQ(mistakes.skipped()[1], "file /b.pem");
}

TEST_F(WebConfigTest, AFileChangesWhenItIsWrittenReplacedOrRemoved) {
  const fs::path file = authority.write("one", "a");
  const FileVersion first = version_of(file);
  EXPECT_EQ(version_of(file), first);
  std::ofstream(file, std::ios::app) << "b";
  const FileVersion second = version_of(file);
  EXPECT_NE(second, first);
  fs::rename(authority.write("two", "ab"), file);
  EXPECT_NE(version_of(file), second);
  fs::remove(file);
  EXPECT_EQ(version_of(file), FileVersion{});
}

struct Wrong {
  std::string yaml;  // of tls_server_config, or a whole file if it begins with a key of the root
  std::string said;
};

TEST_F(WebConfigTest, SaysWhatIsWrongAndWhere) {
  const test::Identity other = authority.issue({});
  const std::string encrypted =
      authority.write("encrypted.key",
                      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE "
                      "KEY-----\n");
  const std::string pair = "tls_server_config:\n  cert_file: " + server.cert + "\n  key_file: ";
  const std::vector<Wrong> all = {
      {pair + other.key, "key_file: it is not the key of the certificate"},
      {pair + encrypted, "key_file: no private key (PEM, without a passphrase) is in it"},
      {pair + server.cert, "key_file: no private key"},
      {tls("  cert: x"), "cert_file: cert is given too"},
      {tls("  min_version: TLS13\n  max_version: TLS12"), "min_version: is above max_version"},
      {tls("  min_version: TLS10"), "min_version: 'TLS10' is not known here"},
      {tls("  cipher_suites: [TLS_AES_128_GCM_SHA256]\n  max_version: TLS12\n"
           "http_server_config: { http2: false }"),
       "none of them is a suite of TLS 1.2"},
      {tls("  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]"), "there is no cipher suite"},
      {tls("  client_ca: none\n  client_auth_type: VerifyClientCertIfGiven"),
       "client_ca: no certificate (PEM) is in it"},
      {tls("  client_allowed_sans: [a]\n  client_auth_type: RequestClientCert"),
       "client_allowed_sans: needs RequireAndVerifyClientCert"},
      {"tls_server_config: {}", "cert: missing; write cert or cert_file"},
      {"tls_server_config: { min_version: TLS13 }", "key: missing; write key or key_file"},
      {"http_server_config: { http2: true }", "http2: HTTP/2 is not supported"},
      {"http_server_config: { headers: { Content-Security-Policy: \"a\\r\\nSet-Cookie: b\" } }",
       "Content-Security-Policy: a header cannot have line ends"},
      {"basic_auth_users: { \"a:b\": x }", "a name has at least one character, and no colon"},
      {"auth_excluded_paths: [metrics]", "'metrics' is not a path; it begins with /"},
      {"rate_limit: { interval: 1s }", "rate_limit: is not supported"},
      {"basic_auth_user: {}", "did you mean 'basic_auth_users'?"}};
  for (const Wrong& wrong : all) {
    const Outcome outcome = of(wrong.yaml);
    EXPECT_FALSE(outcome.config) << wrong.yaml;
    EXPECT_THAT(outcome.mistakes, AllOf(HasSubstr("web.yml:"), HasSubstr(wrong.said)))
        << wrong.yaml;
  }
}

TEST_F(WebConfigTest, WarnsOfWhatIsAllowedAndHardlyMeant) {
  fs::permissions(server.key, fs::perms::owner_read | fs::perms::others_read);
  const test::Identity old = authority.issue({.from_days = -9, .to_days = -2});
  fs::permissions(old.key, fs::perms::owner_read);
  const std::vector<Wrong> all = {
      {tls(""), "key_file: every user of this machine can read it"},
      {tls("  client_auth_type: RequireAnyClientCert"), "accepts every certificate"},
      {tls("  client_auth_type: VerifyClientCertIfGiven"), "every certificate is refused"},
      {"tls_server_config: { cert_file: " + old.cert + ", key_file: " + old.key + " }",
       "cert_file: the certificate is not valid now"}};
  for (const Wrong& wrong : all) {
    const Outcome outcome = of(wrong.yaml);
    EXPECT_TRUE(outcome.config) << outcome.mistakes;
    EXPECT_THAT(outcome.warnings, HasSubstr(wrong.said));
  }
}

TEST_F(WebConfigTest, ALookAtSuchAFileThatIsMissingSaysSo) {
  const Outcome outcome = load("/nowhere/web.yml");
  EXPECT_FALSE(outcome.config);
  EXPECT_THAT(outcome.mistakes, HasSubstr("/nowhere/web.yml: cannot be opened"));
}

}  // namespace
}  // namespace sonde::access::web_config_test
