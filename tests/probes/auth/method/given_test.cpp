// What stands where a token may is hidden, also where no token is taken.
#include <gmock/gmock.h>

#include "tests/support/planted.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::given_test {
namespace {

using testing::HasSubstr;

const std::string secret = "zwk1Kab6PhytcVnAtTyCKoH14B_7JQyuS29QG2iiao4";
const std::string credentials = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";

DefaultConfig::Keys by_json(const std::string& refused = "") {
  DefaultConfig::Keys keys{{"url", R"("{{target.auth}}/login")"},
                           {"body", credentials},
                           {"token", "/sid"},
                           {"refresh_token", "/more"}};
  if (!refused.empty()) keys["refused"] = refused;
  return keys;
}
DefaultConfig::Keys by_steps(const std::string& capture) {
  return {{"method", "steps"},
          {"requests", R"([{ url: "{{target.auth}}/login", json: )" + credentials +
                           ", capture: " + capture + " }]"},
          {"token", R"("{{sid}}")"}};
}

ProbeRun log_in(const DefaultConfig::Keys& login, const Script& script) {
  const Server server{Handler([&](const Request&) { return script; })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = login;
  return walk(usual);
}

void expect_no_trace(const DefaultConfig::Keys& login, const Script& script) {
  const ProbeRun walked = log_in(login, script);
  EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << walked.show();
  expect_hidden(walked, {secret});
}

Script says(int status, const std::string& body, const std::string& type = "application/json") {
  return {answer(status, body, {{"Content-Type", type}})};
}

// Answers that give the secret at "sid" and are no login, whatever is wrong with them.
std::vector<Script> refusals() {
  const std::string sid = R"("sid":")" + secret + '"';
  return {says(200, "{" + sid + R"(,"ok":false})"),
          says(200, "{" + sid + R"(,"error":"x"})"),
          says(200, "{" + sid + R"(,"error":"x","again":)" + '"' + secret + "\"}"),
          says(500, "{" + sid + "}"),
          says(401, "{" + sid + "}"),
          says(403, ")]}',\n{" + sid + "}"),
          says(401, "{" + sid + R"(,"x":")"),
          says(401, R"({"sid":")" + secret),
          says(401, "sid=" + secret + "&error=x"),
          says(500, R"({"sid":[")" + secret + "\"]}"),
          says(500, R"({"sid":{"value":")" + secret + "\"}}"),
          says(500, R"({"sid":"a )" + secret + "\"}")};
}

TEST(Given, ATokenThatIsNotTakenIsHidden) {
  for (const Script& script : refusals()) expect_no_trace(by_json(), script);
  for (const std::string& body :
       {")]}',\n{\"sid\":[\"" + secret + "\"]}", R"({"sid":[")" + secret + "\"]}",
        R"({"sid":"a )" + secret + "\"}", R"({"sid":")" + secret + std::string(20000, 'x') + "\"}"})
    expect_no_trace(by_json(), says(200, body));
  expect_no_trace(by_json("nope"), says(401, R"({"m":"nope","sid":")" + secret + "\"}"));
}

TEST(Given, ANumberIsHiddenAsItIsWritten) {
  const ProbeRun walked = log_in(by_json(), says(200, R"({"sid": 12345678901234567890})"));
  EXPECT_EQ(walked.verdict.reason, Reason::token_malformed) << walked.show();
  expect_hidden(walked, {"12345678901234567890"});
}

TEST(Given, ARefreshTokenOfARefusalIsHidden) {
  const std::string more = R"({"more":")" + secret + "\"";
  for (const Script& script :
       {says(401, more + "}"), says(200, more + R"(,"sid":"undefined","error":"x"})"),
        says(200, more + R"(,"sid":"other-token-4711","error":"x"})")})
    expect_no_trace(by_json(), script);
}

TEST(Given, ACaptureOfAnAnswerThatStopsTheLoginIsHidden) {
  for (const Script& script : refusals())
    expect_no_trace(by_steps("{ sid: { json: /sid } }"), script);
  // One that comes later is missing.
  expect_no_trace(by_steps("{ sid: { json: /sid }, user: { json: /user } }"),
                  says(200, R"({"sid":")" + secret + "\"}"));
  const Headers headers{{"Content-Type", "application/json"}, {"X-Sid", secret}};
  const std::string in_header = "{ sid: { header: X-Sid }, user: { json: /user } }";
  for (const int status : {200, 401, 500})
    expect_no_trace(by_steps(in_header),
                    {answer(status, R"({"said":")" + secret + "\"}", headers)});
}

TEST(Given, AWordThatSaysHowTheLoginWentIsShown) {
  const ProbeRun walked = log_in(by_steps("{ sid: { json: /error } }"),
                                 says(401, R"({"error":"invalid_credentials"})"));
  EXPECT_THAT(walked.verdict.detail, HasSubstr("invalid_credentials")) << walked.show();
}

TEST(Given, ARandomTokenIsOneWhateverLettersMeetInIt) {
  for (const std::string place : {"result", "state", "code", "status", "type"}) {
    const std::string body = R"({")" + place + R"(":")" + secret + "\"}";
    DefaultConfig::Keys json = by_json();
    json["token"] = "/" + place;
    for (const auto& login : {json, by_steps("{ sid: { json: /" + place + " } }")})
      EXPECT_EQ(log_in(login, says(200, body)).verdict.outcome, Outcome::pass) << body;
  }
  for (const std::string code : {"\"451234\"", "451234", "\"51234\"", "\"abcdKoAB12-xx\""})
    EXPECT_EQ(log_in(by_steps("{ sid: { json: /code } }"), says(200, R"({"code":)" + code + "}"))
                  .verdict.outcome,
              Outcome::pass)
        << code;
}

}  // namespace
}  // namespace sonde::test::given_test
