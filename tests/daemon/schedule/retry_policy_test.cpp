#include "daemon/schedule/retry_policy.hpp"

#include <gtest/gtest.h>

namespace sonde::schedule::retry_policy_test {
namespace {

TEST(Heal, WhatPassesByItselfIsWorthAnotherAttempt) {
  for (Reason reason :
       {Reason::timeout, Reason::server_error, Reason::overloaded, Reason::bad_gateway,
        Reason::gateway_timeout, Reason::tcp_refused, Reason::tcp_reset, Reason::no_ready})
    EXPECT_TRUE(can_heal(reason)) << name(reason);
}

TEST(Heal, WhatIsWrongStaysWrong) {
  for (Reason reason : {Reason::ok, Reason::credentials, Reason::account_locked, Reason::contract,
                        Reason::answer_wrong, Reason::auth_fail_open, Reason::own_lag})
    EXPECT_FALSE(can_heal(reason)) << name(reason);
}

TEST(Heal, OnlyWhatWaitedCanBeTheFaultOfALateLoop) {
  EXPECT_TRUE(took_too_long(Reason::timeout));
  EXPECT_TRUE(took_too_long(Reason::latency_limit));
  EXPECT_FALSE(took_too_long(Reason::tcp_refused));
  EXPECT_FALSE(took_too_long(Reason::gateway_timeout));
  EXPECT_FALSE(took_too_long(Reason::server_error));
}

}  // namespace
}  // namespace sonde::schedule::retry_policy_test
