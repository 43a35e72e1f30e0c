#pragma once
#include <chrono>
#include <string>

#include "tests/support/provider.hpp"

namespace sonde::test {

// Rotates refresh tokens; a used one is refused.
struct Rotation {
  std::string good = "r0";
  bool broken = false;  // refuses every one
  int refusal_status = 400;
  std::string refusal = R"({"error":"invalid_grant"})";
  Headers refusal_headers = {{"Content-Type", "application/json"}};
  std::chrono::milliseconds delay{0};
  std::string access = R"("access_token":"access",)";
  int count = 0, logins = 0, refreshes = 0;
  Server server{Handler([this](const Request& request) -> Script {
    if (request.target() == "/login") {
      ++logins;
      return give();
    }
    ++refreshes;
    if (broken || parameters(request.body)["refresh_token"] != good)
      return {answer(refusal_status, refusal, refusal_headers)};
    return give();
  })};
  Script give() {
    good = "r" + std::to_string(++count);
    return {pause(delay),
            json(200, "{" + access + R"("expires_in":60,"refresh_token":")" + good + "\"}")};
  }
};

}  // namespace sonde::test
