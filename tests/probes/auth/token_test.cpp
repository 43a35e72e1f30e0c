#include "probes/auth/token.hpp"

#include <gmock/gmock.h>

#include "probes/text/template.hpp"

namespace sonde::auth::token_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::int64_t noon = 1'790'000'000;  // the wall clock of these tests

std::string jwt(const std::string& claims, const std::string& header = R"({"alg":"RS256"})",
                const std::string& signature = "c2lnbmF0dXJl") {
  return text::base64url(header) + "." + text::base64url(claims) + "." + signature;
}

// Issued and expiring so many seconds from noon.
std::string timed(std::int64_t issued, std::int64_t expires) {
  return jwt(R"({"iat":)" + std::to_string(noon + issued) + R"(,"exp":)" +
             std::to_string(noon + expires) + "}");
}

Failure judge(const std::string& token, const JwtRules& rules = {},
              std::optional<Span> lifetime = {}, std::optional<Span> skew = {}) {
  return check_jwt(token, rules, lifetime, noon, skew).value_or(Failure{});
}

Reason reason(const std::string& token, const JwtRules& rules = {},
              std::optional<Span> lifetime = {}, std::optional<Span> skew = {}) {
  return judge(token, rules, lifetime, skew).reason;
}

TEST(Claims, AreReadFromAToken) {
  const auto claims = read_claims(jwt(
      R"({"iss":"staging","sub":"alice","aud":["api","web"],"exp":2000,"nbf":1000.5,"iat":1001})"));
  ASSERT_TRUE(claims) << claims.error();
  EXPECT_EQ(claims->algorithm, "RS256");
  EXPECT_EQ(claims->issuer, "staging");
  EXPECT_EQ(claims->subject, "alice");
  EXPECT_EQ(claims->audience, (std::vector<std::string>{"api", "web"}));
  EXPECT_EQ(claims->expires, 2000);
  EXPECT_EQ(claims->not_before, 1000);
  EXPECT_EQ(claims->issued, 1001);
}

TEST(Claims, AnAudienceMayBeOneText) {
  EXPECT_EQ(read_claims(jwt(R"({"aud":"api"})"))->audience, (std::vector<std::string>{"api"}));
}

TEST(Claims, NothingElseIsAToken) {
  const std::string good = jwt("{}");
  for (const std::string& bad :
       {std::string(), std::string("opaque"), std::string("a.b"), good + ".more",
        std::string("!!!.e30.x"), text::base64url("no json") + ".e30.x",
        text::base64url(R"({"alg":"RS256"})") + "." + text::base64url("[1]") + ".x",
        jwt(R"({"exp":"tomorrow"})"), jwt(R"({"iat":1e300})"), jwt("{}", R"({"alg":"RS256"})", ""),
        good + std::string(256 * 1024, 'x')})
    EXPECT_FALSE(read_claims(bad)) << bad.substr(0, 80);
}

TEST(Claims, AnErrorNeverShowsTheToken) {
  const auto claims = read_claims("s3cret-first.s3cret-second.s3cret-third");
  ASSERT_FALSE(claims);
  EXPECT_THAT(claims.error(), Not(HasSubstr("s3cret")));
}

TEST(Jwt, AFreshOneIsGood) { EXPECT_EQ(reason(timed(0, 900), {}, 900s), Reason::ok); }

TEST(Jwt, ExpInThePastIsExpired) {
  const Failure wrong = judge(timed(-900, -60));
  EXPECT_EQ(wrong.reason, Reason::token_expired);
  EXPECT_THAT(wrong.detail, HasSubstr("60 s before our clock"));
}

TEST(Jwt, LeewayForgivesAFewSeconds) {
  EXPECT_EQ(reason(timed(-900, -4)), Reason::ok);
  EXPECT_EQ(reason(timed(-900, -5)), Reason::token_expired);
  EXPECT_EQ(reason(timed(-900, -5), {.leeway = 30s}), Reason::ok);
  EXPECT_EQ(reason(timed(5, 900)), Reason::ok);
  EXPECT_EQ(reason(timed(6, 900)), Reason::clock_skew);
}

TEST(Jwt, IatInTheFutureIsClockSkew) {
  const Failure wrong = judge(timed(120, 900));
  EXPECT_EQ(wrong.reason, Reason::clock_skew);
  EXPECT_THAT(wrong.detail, HasSubstr("iat is 120 s after our clock"));
}

TEST(Jwt, NbfInTheFutureIsClockSkew) {
  const auto token = jwt(R"({"nbf":)" + std::to_string(noon + 60) + "}");
  EXPECT_THAT(judge(token).detail, HasSubstr("nbf"));
  EXPECT_EQ(reason(token), Reason::clock_skew);
}

TEST(Jwt, AServerWhoseClockIsSkewedAsItsDateHeaderSaysFailsNothing) {
  for (const Span skew : {Span(-2h), Span(-60s), Span(60s), Span(2h)}) {
    const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(skew).count();
    EXPECT_EQ(reason(timed(ahead, ahead + 900), {}, 900s, skew), Reason::ok) << ahead;
  }
}

TEST(Jwt, AnIssuerWhoseClockIsNotThatOfItsDateHeaderIsSkewed) {
  EXPECT_EQ(reason(timed(120, 900), {}, {}, 0s), Reason::clock_skew);
  EXPECT_THAT(judge(timed(120, 900), {}, {}, 0s).detail, HasSubstr("its Date header"));
  EXPECT_EQ(reason(timed(0, 900), {}, {}, 2h), Reason::token_expired);
}

TEST(Jwt, TheLifetimeMustBeThatOfExpiresIn) {
  EXPECT_EQ(reason(timed(0, 900), {}, 904s), Reason::ok);
  const Failure wrong = judge(timed(0, 900), {}, 3600s);
  EXPECT_EQ(wrong.reason, Reason::token_claims);
  EXPECT_THAT(wrong.detail,
              HasSubstr("lives 900 s from the answer on, but expires_in says 3600 s"));
}

TEST(Jwt, ExpiresInCountsFromTheAnswerByTheServersClock) {
  for (const Span skew : {Span(0s), Span(2h)}) {
    const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(skew).count();
    // Begins to be good five minutes before it is given, or was kept for ten.
    EXPECT_EQ(reason(timed(ahead - 300, ahead + 3600), {}, 3599s, skew), Reason::ok) << ahead;
    EXPECT_EQ(reason(timed(ahead - 600, ahead + 3000), {}, 3000s, skew), Reason::ok) << ahead;
    EXPECT_EQ(reason(timed(ahead - 600, ahead + 3000), {}, 3600s, skew), Reason::token_claims);
  }
}

TEST(Jwt, WithoutADateALifeFromTheIatIsGoodToo) {
  EXPECT_EQ(reason(timed(-100, 3500), {}, 3600s), Reason::ok);
  EXPECT_EQ(reason(timed(-600, 3000), {}, 3000s), Reason::ok);
  EXPECT_EQ(reason(timed(-600, 3000), {}, 1800s), Reason::token_claims);
}

TEST(Jwt, AnUnsignedOneNeverPasses) {
  for (const std::string header : {R"({"alg":"none"})", R"({})", R"({"alg":7})"}) {
    EXPECT_EQ(reason(jwt("{}", header, "")), Reason::token_malformed) << header;
    EXPECT_EQ(reason(jwt("{}", header), {.algorithms = {"none"}}), Reason::token_malformed);
  }
}

TEST(Jwt, AlgNoneIsNoneInAnyCase) {
  EXPECT_EQ(reason(jwt("{}", R"({"alg":"nOnE"})", "")), Reason::token_malformed);
  EXPECT_EQ(reason(jwt("{}", R"({"alg":"None"})")), Reason::token_malformed);
}

TEST(Jwt, TheAlgorithmIsOneOfThoseWanted) {
  const JwtRules rules{.algorithms = {"RS256", "ES256"}};
  EXPECT_EQ(reason(jwt("{}"), rules), Reason::ok);
  EXPECT_EQ(reason(jwt("{}", R"({"alg":"HS256"})"), rules), Reason::token_claims);
}

TEST(Jwt, TheIssuerIsExact) {
  const JwtRules rules{.issuer = "staging-auth"};
  EXPECT_EQ(reason(jwt(R"({"iss":"staging-auth"})"), rules), Reason::ok);
  EXPECT_EQ(reason(jwt(R"({"iss":"staging-auth/"})"), rules), Reason::token_claims);
  EXPECT_EQ(reason(jwt("{}"), rules), Reason::token_claims);
}

TEST(Jwt, OneAudienceOfSeveralSuffices) {
  const JwtRules rules{.audience = {"api", "web"}};
  EXPECT_EQ(reason(jwt(R"({"aud":["other","web"]})"), rules), Reason::ok);
  EXPECT_EQ(reason(jwt(R"({"aud":"api"})"), rules), Reason::ok);
  EXPECT_EQ(reason(jwt(R"({"aud":"apis"})"), rules), Reason::token_claims);
  EXPECT_EQ(reason(jwt(R"({"aud":[]})"), rules), Reason::token_claims);
  EXPECT_EQ(reason(jwt("{}"), rules), Reason::token_claims);
}

}  // namespace
}  // namespace sonde::auth::token_test
