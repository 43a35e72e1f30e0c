#include "daemon/app/flags.hpp"

#include <gtest/gtest.h>

#include "daemon/app/command_line.hpp"
#include "daemon/app/exit_code.hpp"

namespace sonde::app::flags_test {
namespace {

std::variant<Flags, int> serve_at(const std::string& url) {
  const std::string flag = "--web.external-url=" + url;
  const char* const words[] = {"sonde", "serve", flag.c_str()};
  return parse_flags(3, words);
}

TEST(Flags, AllowedHostsAreNamesWithoutPortsAndMayBeRepeated) {
  const char* const words[] = {"sonde", "serve", "--web.allowed-host=sonde", "--web.allowed-host",
                               ".svc.example"};
  const auto flags = parse_flags(5, words);
  ASSERT_TRUE(std::holds_alternative<Flags>(flags));
  EXPECT_EQ(std::get<Flags>(flags).allowed_hosts,
            (std::vector<std::string>{"sonde", ".svc.example"}));
  for (const char* wrong : {"", ".", "sonde:9811", "http://sonde", "*", "a b", "[::1]"}) {
    const char* const bad[] = {"sonde", "serve", "--web.allowed-host", wrong};
    EXPECT_TRUE(std::holds_alternative<int>(parse_flags(4, bad))) << wrong;
  }
}

TEST(Flags, TheExternalUrlIsAbsoluteAndEndsWithoutASlash) {
  for (const char* url : {"https://sonde.example.com/base", "https://sonde.example.com/base//"}) {
    const auto flags = serve_at(url);
    ASSERT_TRUE(std::holds_alternative<Flags>(flags)) << url;
    EXPECT_EQ(std::get<Flags>(flags).external_url, "https://sonde.example.com/base");
  }
}

TEST(Flags, WhatIsNoAddressOfAPageIsRefused) {
  for (const char* url : {"sonde.example.com", "ftp://sonde.example.com", "wss://sonde.example.com",
                          "https://ann:pw@sonde.example.com", "https://sonde.example.com/?x=1",
                          "https://sonde.example.com/#x", "https://", "javascript:alert(1)"}) {
    const auto flags = serve_at(url);
    ASSERT_TRUE(std::holds_alternative<int>(flags)) << url;
    EXPECT_EQ(std::get<int>(flags), exit_usage);
  }
}

TEST(Flags, ChangesByTheApiAreOffUnlessTheyAreAskedFor) {
  const char* const words[] = {"sonde", "serve", "--web.enable-admin-api"};
  EXPECT_FALSE(std::get<Flags>(parse_flags(2, words)).enable_admin_api);
  EXPECT_TRUE(std::get<Flags>(parse_flags(3, words)).enable_admin_api);
}

}  // namespace
}  // namespace sonde::app::flags_test
