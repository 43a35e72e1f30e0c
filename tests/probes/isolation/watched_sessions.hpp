#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/isolation/isolation_watch.hpp"

namespace sonde::isolation {

inline constexpr std::string_view alices = "sonde-alice-1-k3jd92mxq0ab";

// Alice in two sessions, Bob in one; the first of Alice's has the canary.
class WatchedSessions : public testing::Test {
 protected:
  void watch(session::SameUser same_user = session::SameUser::allow) {
    seen.emplace(same_user, std::vector<std::string>{"user_id", "thread_id", "connection_id"});
    alice = seen->add({"alice-1", "alice"});
    tab = seen->add({"alice-2", "alice"});
    bob = seen->add({"bob-1", "bob"});
    listener = seen->add({"bob-2", "bob", true});
    seen->owns(alice, alices);
  }
  void SetUp() override { watch(); }
  std::string reason() const {
    const auto finding = seen->finding();
    return finding ? std::string(name(finding->reason)) : "none";
  }

  std::optional<IsolationWatch> seen;
  std::size_t alice = 0, tab = 0, bob = 0, listener = 0;
};

}  // namespace sonde::isolation
