#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "probes/auth/jwt/jwks.hpp"
#include "probes/text/template.hpp"
#include "tests/conformance/suite.hpp"

namespace sonde::conformance::signature_test {
namespace {

// The data of C2SP/wycheproof lies beside the repository, or where SONDE_SHARED says.
std::string folder() {
  const char* shared = std::getenv("SONDE_SHARED");
  return std::string(shared != nullptr ? shared : SONDE_SOURCE_DIR "/../shared") +
         "/vectors/wycheproof/";
}

// Published keys are read as Sonde reads them. Among them it takes no secrets; a set of secrets
// alone stands for the secret of a configuration.
auth::KeySet keys_of(text::Json group) {
  const text::Json keys = group.member(group.member("public") ? "public" : "private");
  const bool set = static_cast<bool>(keys.member("keys"));
  auto read = auth::read_jwks(set ? keys.text() : "{\"keys\":[" + keys.text() + "]}");
  auth::KeySet all = read.value_or(auth::KeySet());
  const bool published = !all.keys.empty();
  const text::Json list = keys.member("keys");
  for (std::size_t i = 0; i < (set ? list.size() : 1); ++i) {
    const text::Json key = set ? list.item(i) : keys;
    const auto secret = text::from_base64url(key.member("k").string_or_empty());
    if (key.member("kty").string() == "oct" && secret && !published)
      all.keys.push_back({key.member("kid").string_or_empty(), key.member("alg").string_or_empty(),
                          auth::Key::secret(*secret)});
  }
  return all;
}

// The algorithm and the key id that the token names, as Sonde takes them from it.
bool is_verified(const std::string& jws, const auth::KeySet& keys) {
  const auto first = jws.find('.');
  const auto second = jws.find('.', first == jws.npos ? first : first + 1);
  if (second == jws.npos) return false;
  if (!text::from_base64url(std::string_view(jws).substr(first + 1, second - first - 1)))
    return false;
  const auto bytes = text::from_base64url(jws.substr(0, first));
  const auto header = bytes ? text::Document::parse(*bytes) : std::unexpected("");
  if (!header) return false;
  const text::Json root = header->root();
  return auth::check_signature(jws, root.member("alg").string_or_empty(),
                               root.member("kid").string_or_empty(), keys)
             .outcome == auth::Signed::good;
}

void compare_all(const std::string& file, std::size_t cases) {
  if (!std::filesystem::exists(folder() + file))
    GTEST_SKIP() << folder() << file << " is missing: this is a clone without the shared data";
  const auto data = text::Document::parse(read_data(folder() + file));
  ASSERT_TRUE(data);
  Suite suite(file.substr(0, file.find('.')));
  const text::Json groups = data->root().member("testGroups");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auth::KeySet keys = keys_of(groups.item(i));
    const text::Json tests = groups.item(i).member("tests");
    for (std::size_t j = 0; j < tests.size(); ++j) {
      const text::Json one = tests.item(j);
      const bool good = is_verified(one.member("jws").string_or_empty(), keys);
      suite.compare(one.member("tcId").text() + " " + groups.item(i).member("comment").text() +
                        " " + one.member("comment").text(),
                    one.member("result").string_or_empty(), good ? "valid" : "invalid");
    }
  }
  suite.conclude(cases);
}

TEST(SignatureConformance, ForgedSignaturesAreRefused) {
  compare_all("json_web_signature_test.json", 401);
}

TEST(SignatureConformance, KeysAreChosenByTheirIdAndKind) {
  compare_all("json_web_key_test.json", 26);
}

}  // namespace
}  // namespace sonde::conformance::signature_test
