#pragma once
#include <string>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/ws_server.hpp"

// A typical target: logs users in, opens a WebSocket and answers a prompt with events.
namespace sonde::test {

// Sets keys, replacing existing ones.
void merge(DefaultConfig::Keys& keys, const DefaultConfig::Keys& over);

// A target that lets every user log in at /auth/login and runs `script` for any other request.
Handler after_login(Script script);

// A chat with a server that is ready and answers the prompt with `turn`. `probe` and `socket` are
// additional keys.
struct Chat {
  Script turn;
  DefaultConfig::Keys probe = {};
  DefaultConfig::Keys socket = {};
  ProbeRun walk() const;
};
Act ready_message();
// A frame of the agent with additional members (",..."), and a complete correct exchange.
std::string event(const std::string& type, const std::string& members = "");
Act tell(const std::string& type, const std::string& members = "");
Script good_turn(const std::string& answer);
// Appended to a script: the server then waits for the end of the session.
Act wait_for_close();

}  // namespace sonde::test
