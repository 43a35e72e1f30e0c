#pragma once
#include <string>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/ws_server.hpp"

// A target of the usual kind: it logs users in, opens a WebSocket and answers a prompt with events.
namespace sonde::test {

// Sets keys over those that are there.
void merge(DefaultConfig::Keys& keys, const DefaultConfig::Keys& over);

// A target that logs everybody in at /auth/login and does `script` for any other request.
Handler after_login(Script script);

// A chat with a server that is ready, and that answers the prompt with `turn`. `probe` and
// `socket` are further keys.
struct Chat {
  Script turn;
  DefaultConfig::Keys probe = {};
  DefaultConfig::Keys socket = {};
  ProbeRun walk() const;
};
Act ready_message();
// A frame of the agent's, with further members (",..."), and the whole turn of a good one.
std::string event(const std::string& type, const std::string& members = "");
Act tell(const std::string& type, const std::string& members = "");
Script good_turn(const std::string& answer);
// After which the server only waits for the end of the session.
Act wait_for_close();

}  // namespace sonde::test
