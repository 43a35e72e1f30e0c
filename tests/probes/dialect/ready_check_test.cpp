#include <gtest/gtest.h>

#include "config/load.hpp"
#include "probes/dialect/ready.hpp"

namespace sonde::dialect::ready_check_test {
namespace {

Ready ready_of(std::string_view yaml) {
  Ready ready;
  config::Mistakes mistakes;
  const auto value = config::parse(yaml, "r.yaml", mistakes);
  section_of(&ready).read(*value, config::Reader(mistakes), ready);
  for (const auto& mistake : mistakes.sorted()) ADD_FAILURE() << show(mistake);
  return ready;
}

std::string checked(std::string_view json) {
  const auto ready = ready_of(R"({ type: connection_established, json: { /data/mode: main },
    identity: { at: /data/user_id, equals: "{{identity.username}}", never: ["^relaxed_", "^demo-"] } })");
  text::Names names;
  names.set("identity.username", "alice");
  const auto document = text::Document::parse(json);
  const auto type = document->root().member("type").text();
  const auto failed = check_ready(ready, type, document->root(), names);
  return failed ? std::string(name(failed->reason)) + ": " + failed->detail : "ok";
}

TEST(ReadyMessage, IsOfItsTypeInItsModeAndNamesUs) {
  EXPECT_EQ(
      checked(R"({"type":"connection_established","data":{"mode":"main","user_id":"alice"}})"),
      "ok");
}

TEST(ReadyMessage, OfAnotherTypeIsBad) {
  EXPECT_EQ(checked(R"({"type":"connect"})"),
            "bad_ready: \"connect\" came, not connection_established");
  EXPECT_EQ(checked("{}"), "bad_ready: a message without a type came, not connection_established");
  EXPECT_EQ(checked(R"({"error":{"message":"No room left"}})"),
            "bad_ready: a message without a type came, not connection_established; it says: "
            "No room left");
}

TEST(ReadyMessage, OfAnotherModeIsDegraded) {
  EXPECT_EQ(
      checked(R"({"type":"connection_established","data":{"mode":"legacy","user_id":"alice"}})"),
      "degraded_mode: /data/mode: wanted \"main\", got \"legacy\"");
}

TEST(ReadyMessage, ThatNamesAnybodyElseIsAnIdentityMismatch) {
  const auto user = [](const std::string& id) {
    return checked(R"({"type":"connection_established","data":{"mode":"main","user_id":)" + id +
                   "}}");
  };
  EXPECT_EQ(user("\"bob\""),
            "identity_mismatch: the server takes us for \"bob\", not for \"alice\"");
  EXPECT_EQ(user("\"demo-user-001\""),
            "identity_mismatch: the server takes us for \"demo-user-001\", which matches ^demo-");
  EXPECT_EQ(user("null"), "identity_mismatch: no user is named at /data/user_id");
}

TEST(SessionEnd, BeforeItIsReadySaysWhoRefusedAndWhy) {
  const std::pair<int, Reason> codes[] = {{1008, Reason::auth_rejected_after_accept},
                                          {4401, Reason::auth_rejected_after_accept},
                                          {4403, Reason::auth_rejected_after_accept},
                                          {4003, Reason::auth_rejected_after_accept},
                                          {1011, Reason::server_error_after_accept},
                                          {1012, Reason::restarting},
                                          {1013, Reason::try_later},
                                          {1000, Reason::closed_after_accept},
                                          {4000, Reason::closed_after_accept},
                                          {0, Reason::closed_after_accept}};
  for (const auto& [code, reason] : codes)
    EXPECT_EQ(ended_before_ready({EndedBy::close_frame, code, ""}).reason, reason) << code;
  EXPECT_EQ(ended_before_ready({EndedBy::fin, 0, ""}).reason, Reason::abrupt_close_after_accept);
  EXPECT_EQ(ended_before_ready({EndedBy::rst, 0, ""}).reason, Reason::abrupt_close_after_accept);
  EXPECT_EQ(ended_before_ready({EndedBy::close_frame, 1008, "bad token"}).detail,
            "the server closed with 1008 bad token before the session was ready");
}

TEST(SessionEnd, MeansWhatTheDialectSaysThatItsCodesMean) {
  const Ending ending{EndedBy::close_frame, 4004, ""};
  EXPECT_EQ(ended_before_ready(ending, {}).reason, Reason::closed_after_accept);
  EXPECT_EQ(ended_before_ready(ending, {3500, 4004}).reason, Reason::auth_rejected_after_accept);
  EXPECT_FALSE(refuses({EndedBy::fin, 4004, ""}, {4004}));
}

}  // namespace
}  // namespace sonde::dialect::ready_check_test
