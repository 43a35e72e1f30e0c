#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/probes/scenarios/scenario.hpp"

// Small servers with the habits of real products: who greets whom when, what is counted, what goes
// to whom besides the answer, and how a token is refused.
namespace sonde::test::product_habits_test {

// What a server sends: to the session itself (as a part of its chat or not), to all sessions of its
// user, to everybody else, or a Close. %SEQ% is the number of the message in the session that gets
// it.
struct Out {
  enum class To : std::uint8_t { self, chat, user, others, everybody };
  std::string payload;
  To to = To::self;
  int close = 0;
};
using Outs = std::vector<Out>;

struct Guest {
  Peer peer;
  std::string user;  // "alice", "bob", or nobody yet
  int number = 0;    // of the session
  int seq = 0;
};

struct Product {
  std::string name;
  DefaultConfig::Keys probe = {}, socket = {};
  std::string dialects = {};  // of the file
  Headers selects = {};       // of the 101
  std::function<Outs(const Guest&)> greet = {};
  std::function<Outs(Guest&, const std::string& message)> hear = {};
  std::function<Outs(const Guest&)> enter = {};  // once the user is known
};

// Those whose dialect is the user's own, and those that Sonde has one for.
std::vector<Product> own_products();
std::vector<Product> built_in_products();

// What stands behind `begin`, as far as the next quote.
std::string text_at(const std::string& message, std::string_view begin);
// The prompt is somewhere in the message; it is thought about aloud.
std::string thought(const std::string& message);

}  // namespace sonde::test::product_habits_test
