#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/support/probe_run.hpp"

// A chat in a dialect with a server that sends scripted answers.
//
//   ScriptedChat chat{.dialect = "socket.io", .welcome = {R"(0{"sid":"x"})"},
//                     .exchanges = {{"^40", {R"(40{"sid":"y"})"}},
//                     {R"(^421\["chat",.*"id":"(.*?)")",
//                     ...}}};
//   EXPECT_EQ(chat.told().outcome, "pass");
namespace sonde::test {

// A message of the server: a text; "hex:2002" is a binary message, "close:4403 Forbidden" a Close,
// "fin" and "rst" end the connection without one.
using Says = std::vector<std::string>;

// When a message matches `hears` (a regular expression; the first match counts), the server sends
// this, with $1 for the first group. Binary messages are matched as hex digits.
struct Reply {
  std::string hears;
  Says says;
};

struct ChatOutcome {
  std::string outcome;  // "pass", or "fail ready/no_ready: ..."
  std::string heard;    // what the server received, one message a line, binary ones as hex
  ProbeRun walk;
};

struct ScriptedChat {
  std::string dialect;
  Says welcome = {};
  std::vector<Reply> exchanges = {};
  std::string protocol = {};  // the subprotocol that the server selects
  DefaultConfig::Keys probe = {};
  std::string token_in = "none";
  std::string more = {};  // additional sections of the file

  // The probe asks: What is "6 & 7"? The right answer is 42.
  ChatOutcome told() const;
  // The same chat with another answer of the server to the message of that number.
  ScriptedChat but(std::size_t exchange, Says says) const;
  ScriptedChat but_welcome(Says says) const;
};

}  // namespace sonde::test
