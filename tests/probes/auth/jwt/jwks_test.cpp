#include "probes/auth/jwt/jwks.hpp"

#include <gmock/gmock.h>

#include "probes/auth/jwt/signature.hpp"
#include "probes/text/template.hpp"
#include "tests/support/signer.hpp"

namespace sonde::auth::jwks_test {
namespace {

using testing::HasSubstr;

// Made by Node's crypto, so that what verifies them is not what signed them.
struct Vector {
  std::string_view algorithm, key_id, jwk, jwt;
};
constexpr std::string_view rsa_jwk =
    R"({"kty":"RSA","n":"sNnLqTLXeTFyob8WgDiSl_5TPPtImLT8yp2xRimYVd7kcH22Dn3-CuGpDBi3zlA6BCoKD8On3iWVBZc9SVrRpIqXyvorYpV5fwAT7_LdjEDgCsEi1YQ4XxyB2C0OnPKCHn07x_yHbkAKWfq2P90VCGoEzFBV27MaWp_FGBuF1_VOr67xStdZXDXLDDnLbd2swtJZNFVF4LOIsPB6eK_PSZpshgOFoUXnRarEykaLol06ePMUbVDxc73gGS4VzJeMHR_s30O-RlFkLPsaCUfnL4tyn27b9e4kQVFNmxxNhURfDuAOJMEHQMTVisNcxZ7oobWZ-Thim7oj4mzTXrFkiQ","e":"AQAB","kid":"rsa"})";
constexpr Vector vectors[] = {
    {"RS256", "rsa", rsa_jwk,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9.ND5hf9-"
     "BYRWBma0HegPmritW8tEIjQS735d-"
     "2goa84mexuGvRq7CZvwTCLO62MaICZNkG8ZrCJDhVpqKUyP3NSclzlTYuu2Qi9Kc5Wo0t5lDDj1Ndyx4L8qNnEBtEHCyZ"
     "XPeKngPsYbIcNGnWutO9ot6DJYjXGY0n7KL1lCEypnE9M3zl0wCmjs5lQ9QmdebjgEQOGGsCjPEu2TiFU4beUXWvmyoXB"
     "IRMUPRCct_DM6cvrmc_j4cJ5MZABhY77OBbReqm0oEITmI7LQ-e_EWfZ3Sy1qcRzFOTQez50BECr-girVL0-"
     "rNqHn6wKnZVbMB3BdCTHOQzWYxzPs3UjttQA"},
    {"RS384", "rsa", rsa_jwk,
     "eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9."
     "dXb1k24QERvyaC57JWKAkW7wl3iEpDKzFLCVzMNP4tTrAndOpeZkqrue7FWd-g-wUPb2jBCmOwjgU9_"
     "s7LghnQCTW5ITzF-ipyMfWiA-k6abcvi5dAPkeD-"
     "SyrSwUMjsSrf5Iog1KLcVXMThlWYhEPsTGa3f83M9aAWDotcGvk2uuc39T8ssC8jjAZMpdgegRlFJwqyS5ZJQbL5Ulr89"
     "0IG7JL70pzu6Uh3Y4MYmjSg7nfgCD9PIo4OV1-ibKJqeA5E3F79tBGgztlY9Y-"
     "DQcOZvWsEkgxul5mrQEjOMHU0TLgH2KXZxyNI0El6ET43odbSjf6tBarDQ4y8K7uOKsA"},
    {"RS512", "rsa", rsa_jwk,
     "eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9."
     "DsS4QQyxx6GmeB7lYqFHO3IZHYAQ38l52r9bhRRZ6uN6uEEPbFN9-"
     "4WLw6iNuypnwyxNMNi3ozjPstU83dKqBzKRswidxzKxxhwBaqODNaA_"
     "L74inP7pSlpPETDXxMHbTWATf1U91rNpsKRQhIS8GQc-uWb_HRPLksVEQNA2dTI4gOAD1R6YfsqwOSahmRXHQ7xS_9x2-"
     "foH0FCsOWaXtoSVMQvSdbExhEs-"
     "19JWoa0CGQryzRQ7aEy59jVvjuba4sHXg8jUhXUppsIyO65PDuLX7R2S953SqnC1B8ixhIxqsnwqU32jRMszdnofE0YX0"
     "Sgb6xK2bbvPYqvyn8mE7A"},
    {"PS256", "rsa", rsa_jwk,
     "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9.ZabHvAvoKVUDBgD1Pc6GfwkzBhL4RJ4pEv-"
     "RwC3x13bYJjiPX4BNIcFkZvRMoxLouexSD7y5SaM-fp3vgi0HaNHe7jRYxWIBdADJgFistNF0E1dGS_IWxoiI1X4ugXk-"
     "ZzbsGOqGpMmj9llavcRV1Qu7M1KnO2IpDMMIjParDw6MfAmql1CgLaXHGiJWRAyIAqgiWli75ly8A3eY9ySbSFl4zU_"
     "sXfnzhgN1LP7yEte8RlqKwvPFIYu5S4hoQM1ffgBvBWgqziHp5QtEkfi7Vrgl9N6QwdWhAKyn9I4QvFUHZ_B-"
     "kpkaqiBP6R_H1b2HXkuE2RN12HiHH1hzqgieIA"},
    {"PS384", "rsa", rsa_jwk,
     "eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9.Rl9QPamxa_nXouI_"
     "b5wTHf49QLHoQGMDnUAp3XOpKGGoqps8hMn4bMYk199dgYK1OuFjNXhe_"
     "Rk0jQuOVbwpK9I4k56o0WGxMDIxKhea7Zebri-"
     "PiZxTchwH0GWPVYuNKBtKV3v0JWlnQutipNSQH8OthHw0nckjkQlLWtCpb2mQA2i45LPvSHyU2Bs1V4Qtd9eaXUWoacQW"
     "-CsdjJZ7oxiCSsa6nPyhtJyD5AI9aw4oCL7c0czjavfyWyqX_iEcQn9szG6R-"
     "nmYK1cs1BUvtKUuTPHk3cuH6QFip6vmyWnTBn2PSIbSF-RPkSbZqJY_tNAXg98hx4cuX1IcePKRzQ"},
    {"PS512", "rsa", rsa_jwk,
     "eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhbGljZSJ9.iGtGOtVGfqn-"
     "VVQjcUminCmtJDIH74GpzaI7_sHTfAPcI6maTQYZl7Ln6YDf4B3TwPX928X9mflqc-"
     "brd7EBz7mkLGLom3lwSzmzMErz9MMe017mFxGUlnSCRmyYgDJJjC65EcyZ5ABl6DCdsSqKhdsEv77kbT2J_"
     "rFqVWzNURreAGB-Dh3YRLW8hXHwbGPZsapqn_"
     "I02dHMXucndlTQu7s8dqk7plfDgbc2Xx9SNzk6rnqlZ4lZkcarVPOhxc4ATkW1Kfwm-0mQ9iZoyy5Qb0zUVa0k2_"
     "NeOOuO7HJy47Te53AJUqaMjCFaKp6hM_I62vOPt6CfLszXx8Qd4kzJrw"},
    {"ES256", "P-256",
     R"({"kty":"EC","x":"qyBRibQz90Mu0ndFoG44O_3PT1v1wfRna1Yp2utUVPk","y":"IMxZC3r16daNzruT7xVZ7XGmCuv_PjIjTiidhal9KpU","crv":"P-256","kid":"P-256"})",
     "eyJhbGciOiJFUzI1NiIsImtpZCI6IlAtMjU2In0.eyJzdWIiOiJhbGljZSJ9.e8Ccd9lPq3I_"
     "NfoKGjL97onFb8s76eGhq8qYc7J3NmtQbqwHmjsmZZheMlVlgqWTKS806aCR-NixKnj2yADSzQ"},
    {"ES384", "P-384",
     R"({"kty":"EC","x":"irtdi4wDRcGSnzJwrcbEOc8l7mUrUxxDfs22cn-HJ8B1HqTGQQAHKC5pj6OeABF4","y":"-c3x2r59t34UpCuzyXEqRYvon4kNJrnxvNQhBtM_Sl5FSzwOfm3wiC6R4aA4DYgb","crv":"P-384","kid":"P-384"})",
     "eyJhbGciOiJFUzM4NCIsImtpZCI6IlAtMzg0In0.eyJzdWIiOiJhbGljZSJ9."
     "IeyoJFpBx4ykClpVq16DXF738s1YjGNuj8wvKVx8oqGosRLyMetrZ7sBkcwqoKyFDP3wqF8Jz5b9_"
     "Zf0LwOZazBsqnJyBzUnp_DdWQYWjpaeboYv3SxFyjLoMPMXhSVQ"},
    {"ES512", "P-521",
     R"({"kty":"EC","x":"AU7cV3eTA4vCKQcVCuLpbyc-FKdpMjn3yboY4xa0YGim3T4I4z8TOe6RZ0yoV7Qlw0fVNnJyAqwTRAlyYzidCDIk","y":"AUiIxZBEjUMjH51bUoPzSTPwrLyMaCR8V1WQoPN01vDDgFlKCmWDeFAm4-O5_m6BCx2CwnT0npPPF-2G4UMgFpB_","crv":"P-521","kid":"P-521"})",
     "eyJhbGciOiJFUzUxMiIsImtpZCI6IlAtNTIxIn0.eyJzdWIiOiJhbGljZSJ9.AJXEwZzJ_Ip1lDdMcOI0-"
     "dDtonB0aDBaMjGRCM6vxFrBRMit0Jil_VTrej4n0HquLCBpht2gaEB2lYfk2_UfuHS3AT-"
     "DDgoXFNvzmQbpHiSNtsJswQAVCzv0fes9Xep-U3T9WG8R2FRdpG8yx6O2MTJNnpEhPU49HQshBuMHtpRbbQ8M"},
    {"EdDSA", "ed25519",
     R"({"crv":"Ed25519","x":"gZM61_TXStLtjSsU3KeDVzahT1fJbXm-yyvAAI2I_io","kty":"OKP","kid":"ed25519"})",
     "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkMjU1MTkifQ.eyJzdWIiOiJhbGljZSJ9."
     "mSiMuDEBB2rkxRROmtMemrRPv89HanUKkM0fwe5-IU6bAPFtm4W5E_lWdddYP5lnJhWEKU3vVBZesHSYCllOCw"},
    {"EdDSA", "ed448",
     R"({"crv":"Ed448","x":"uGn0-HcaPkXrUq67LPO3tyWZs2u8hAgKua7XhE7Zu_GDDZKpVaHRLoYsW_L9b81OXsqCwiDkyLGA","kty":"OKP","kid":"ed448"})",
     "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkNDQ4In0.eyJzdWIiOiJhbGljZSJ9.9IFYO5dChDeYJ_"
     "rGIB01wCyyy7b6yU6w0T9S6FgqPlp42X_bdhN8TjzQRPEy-"
     "zenS5eLSdGUrtkAsAFyfXOiW9RgghojcxNGIAJYBTot9A9N-slAIelz2kKgJrL-xKhQSV7Lh2AFzQRjXOS075-AeSoA"},
};

KeySet keys(std::string_view jwk) {
  auto set = read_jwks(R"({"keys":[)" + std::string(jwk) + "]}");
  return set.value_or(KeySet());
}

Signed check(const Vector& vector, std::string_view jwt) {
  return check_signature(jwt, std::string(vector.algorithm), std::string(vector.key_id),
                         keys(vector.jwk))
      .outcome;
}

TEST(Signature, OfEveryAlgorithmIsVerified) {
  for (const auto& vector : vectors)
    EXPECT_EQ(check(vector, vector.jwt), Signed::good) << vector.algorithm << vector.key_id;
}

TEST(Signature, WithOneBitChangedIsRefused) {
  for (const auto& vector : vectors) {
    std::string bad(vector.jwt);
    char& c = bad[bad.rfind('.') + 10];
    c = c == 'A' ? 'B' : 'A';
    EXPECT_EQ(check(vector, bad), Signed::bad) << vector.algorithm;
  }
}

TEST(Signature, OfOtherClaimsIsRefused) {
  for (const auto& vector : vectors) {
    std::string bad(vector.jwt);
    char& c = bad[bad.find('.') + 5];
    c = c == 'A' ? 'B' : 'A';
    EXPECT_EQ(check(vector, bad), Signed::bad) << vector.algorithm;
  }
}

TEST(Signature, CutShortOrEmptyIsRefused) {
  for (const auto& vector : vectors) {
    const std::string_view jwt = vector.jwt;
    EXPECT_EQ(check(vector, jwt.substr(0, jwt.rfind('.') + 1)), Signed::bad);
    EXPECT_EQ(check(vector, jwt.substr(0, jwt.rfind('.') + 41)), Signed::bad);
  }
}

TEST(Signature, OfAnotherAlgorithmThanTheKeyFitsIsRefused) {
  const Vector& es256 = vectors[6];
  const auto said = check_signature(es256.jwt, "RS256", "P-256", keys(es256.jwk));
  EXPECT_EQ(said.outcome, Signed::bad);
  EXPECT_THAT(said.why, HasSubstr("cannot verify RS256"));
}

TEST(Signature, ByHmacWithThePublicKeyIsRefused) {
  const KeySet set = keys(rsa_jwk);
  ASSERT_EQ(set.keys.size(), 1U);
  const std::string text = "e30.e30";
  const auto forged = sign("HS256", set.keys[0].key.pem(), text);
  ASSERT_TRUE(forged);
  EXPECT_NE(check_signature(text + "." + text::base64url(*forged), "HS256", "rsa", set).outcome,
            Signed::good);
}

TEST(Signature, OfNoneIsRefused) {
  const KeySet set = keys(rsa_jwk);
  EXPECT_EQ(check_signature("e30.e30.", "none", "rsa", set).outcome, Signed::bad);
  EXPECT_EQ(check_signature("e30.e30.", "none", "", set).outcome, Signed::unknown_key);
}

TEST(Signature, ByAKeyThatIsNotPublishedNamesThoseThatAre) {
  const auto said = check_signature(vectors[0].jwt, "RS256", "other", keys(rsa_jwk));
  EXPECT_EQ(said.outcome, Signed::unknown_key);
  EXPECT_THAT(said.why, HasSubstr("rsa"));
}

TEST(Signature, WithoutAKeyIdIsTriedWithEveryKeyThatFits) {
  const test::Signer other("RS256", "other");
  const KeySet set = keys(other.jwk() + "," + std::string(rsa_jwk));
  EXPECT_EQ(check_signature(vectors[0].jwt, "RS256", "", set).outcome, Signed::good);
  EXPECT_EQ(check_signature(vectors[0].jwt, "RS256", "", keys(other.jwk())).outcome, Signed::bad);
}

TEST(Signature, ByAKeyForAnotherAlgorithmIsRefused) {
  std::string jwk(rsa_jwk);
  jwk.insert(1, R"("alg":"RS512",)");
  EXPECT_EQ(check_signature(vectors[0].jwt, "RS256", "rsa", keys(jwk)).outcome, Signed::bad);
}

TEST(Signature, ByASecretIsVerifiedWithThatSecret) {
  // RFC 7515 A.1.
  const auto secret = text::from_base64url(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  constexpr std::string_view jwt =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  ASSERT_TRUE(secret);
  const KeySet set{.keys = {{"", "", Key::secret(*secret)}}, .unusable = {}};
  EXPECT_EQ(check_signature(jwt, "HS256", "", set).outcome, Signed::good);
  const KeySet wrong{.keys = {{"", "", Key::secret("another")}}, .unusable = {}};
  EXPECT_EQ(check_signature(jwt, "HS256", "", wrong).outcome, Signed::bad);
}

TEST(Jwks, LeavesOutWhatIsNotForSignaturesAndWhatNobodyPublishes) {
  std::string encrypts(rsa_jwk);
  encrypts.insert(1, R"("use":"enc",)");
  EXPECT_TRUE(keys(encrypts).keys.empty());
  EXPECT_TRUE(keys(R"({"kty":"oct","k":"c2VjcmV0","kid":"s"})").keys.empty());
}

TEST(Jwks, SaysWhichKeysItCannotUse) {
  const KeySet set = keys(R"({"kty":"EC","kid":"a","crv":"P-256","x":"AA","y":"AA"},)"
                          R"({"kty":"RSA","kid":"b","n":"AQAB","e":"AQAB"},)"
                          R"({"kty":"EC","kid":"c","crv":"secp256k1","x":"AA","y":"AA"},)"
                          R"({"kty":"OKP","kid":"d","crv":"Ed25519","x":"AA"},)"
                          R"({"kty":"XYZ","kid":"e"})");
  EXPECT_TRUE(set.keys.empty());
  EXPECT_THAT(set.unusable,
              testing::ElementsAre(HasSubstr("kid a"), HasSubstr("2048"), HasSubstr("kid c"),
                                   HasSubstr("Ed25519"), HasSubstr("kty")));
}

TEST(Jwks, ThatIsNoneIsAnError) {
  for (const std::string json : {"", "[]", "{}", R"({"keys":{}})", "<html>"})
    EXPECT_FALSE(read_jwks(json)) << json;
  std::string many = R"({"keys":[{})";
  for (int i = 0; i < 100; ++i) many += ",{}";
  EXPECT_FALSE(read_jwks(many + "]}"));
}

TEST(Sign, WithAKeyOfTheWrongKindSaysSoAndShowsNoneOfIt) {
  const test::Signer curve("ES256");
  const auto wrong = sign("RS256", curve.pem(), "text");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error(), HasSubstr("RS256"));
  const auto no_key = sign("ES256", "not a key", "text");
  ASSERT_FALSE(no_key);
  EXPECT_THAT(no_key.error(), testing::Not(HasSubstr("not a key")));
}

TEST(Sign, MakesWhatVerifies) {
  for (const std::string algorithm : {"RS256", "PS256", "ES256", "EdDSA"}) {
    const test::Signer signer(algorithm);
    const auto set = read_jwks(signer.jwks());
    ASSERT_TRUE(set && set->keys.size() == 1) << algorithm;
    EXPECT_EQ(check_signature(signer.fresh(), algorithm, "k1", *set).outcome, Signed::good);
  }
}

std::string rsa_of(std::size_t bytes, const std::string& e = "AQAB") {
  std::string modulus(bytes, '\xdb');
  return R"({"kty":"RSA","kid":"k","e":")" + e + R"(","n":")" + text::base64url(modulus) + "\"}";
}

std::string unusable(const std::string& key) {
  const auto set = read_jwks(R"({"keys":[)" + key + "]}");
  return set && !set->unusable.empty() ? set->unusable.front() : "";
}

TEST(Jwks, BoundsWhatAKeyMayCost) {
  EXPECT_EQ(unusable(rsa_of(1024)), "");
  EXPECT_THAT(unusable(rsa_of(1026)), HasSubstr("beyond 8192 bits"));
  EXPECT_THAT(unusable(rsa_of(256, text::base64url("\x01" + std::string(7, '\x01')))),
              HasSubstr("beyond 32 bits"));
}

TEST(Jwks, ReadsNoMoreKeysThanItMayCost) {
  std::string keys;
  for (int i = 0; i < 60; ++i) keys += (i > 0 ? "," : "") + rsa_of(1024);
  const auto set = read_jwks(R"({"keys":[)" + keys + "]}");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->keys.size(), 48U);
  EXPECT_EQ(set->unusable.size(), 12U);
  EXPECT_THAT(set->unusable.front(), HasSubstr("48 KB"));
}

TEST(Jwks, TriesNoMoreThanSixteenKeysForOneToken) {
  std::string keys;
  for (int i = 0; i < 20; ++i) keys += (i > 0 ? "," : "") + rsa_of(256);
  const auto set = read_jwks(R"({"keys":[)" + keys + "]}");
  ASSERT_TRUE(set);
  const auto check =
      check_signature("e30.e30." + text::base64url(std::string(256, 'x')), "RS256", "", *set);
  EXPECT_EQ(check.outcome, Signed::bad);
  EXPECT_THAT(check.why, HasSubstr("first 16 keys"));
}

TEST(Jwks, SaysThatAKeyIsInPlainBase64) {
  EXPECT_THAT(unusable(R"({"kty":"RSA","e":"AQAB","n":"ab+/cd=="})"),
              HasSubstr("its n is not base64url but plain base64"));
  EXPECT_THAT(unusable(R"({"kty":"RSA","e":"AQAB"})"), HasSubstr("it has no n"));
}

}  // namespace
}  // namespace sonde::auth::jwks_test
