#pragma once
#include <string>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/routes.hpp"

namespace sonde::demo {

// A backend that listens nowhere, and requests to it.
struct Desk {
  Backend backend{Options{}, Users()};

  Reply ask(std::string method, std::string path, std::string body = {}, Fields headers = {}) {
    return answer(backend, {.method = std::move(method),
                            .path = std::move(path),
                            .query = {},
                            .headers = std::move(headers),
                            .body = std::move(body)});
  }
  Reply log_in(const std::string& who = "alice", const std::string& password = "alice-password") {
    return ask("POST", "/auth/login",
               R"({"email":")" + who + R"(@example.com","password":")" + password + R"("})");
  }
  std::string token(const std::string& user = "alice@example.com") {
    return backend.tokens.issue(user, "jti_test", std::chrono::system_clock::now());
  }
  Decision upgrade(Fields headers, Fields query = {}, std::string path = "/websocket") {
    return admit(backend, {.method = "GET",
                           .path = std::move(path),
                           .query = std::move(query),
                           .headers = std::move(headers),
                           .body = {},
                           .upgrade = true});
  }
};

// The text between `"key":"` and the next quote.
inline std::string text_at(const std::string& json, const std::string& key) {
  const auto begin = json.find("\"" + key + "\":\"");
  if (begin == std::string::npos) return {};
  const auto from = begin + key.size() + 4;
  return json.substr(from, json.find('"', from) - from);
}

}  // namespace sonde::demo
