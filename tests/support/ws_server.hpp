#pragma once
#include <string>
#include <string_view>

#include "tests/support/http_server.hpp"

// Script steps of a WebSocket server (RFC 6455), valid and invalid.
//
//   test::Server server(test::Script{test::accept(), test::text("hi"), test::close(4401, "no")});
//   test::Server echo(test::Script{test::accept(), test::on_message(reply)});
namespace sonde::test {

// A valid 101. `headers` are added, such as Sec-WebSocket-Protocol.
Act accept(Headers headers = {});
// A custom 101; `{accept}` in it is replaced by the right digest.
Act switch_protocols(std::string response);

struct FrameBits {
  bool fin = true;
  int rsv = 0;          // 0 to 7
  bool masked = false;  // servers must not mask
};
std::string frame(int opcode, std::string_view payload, const FrameBits& bits = {});

Act text(std::string_view payload);
Act binary(std::string_view payload);
Act ping(std::string_view payload);
Act close(int code, std::string_view reason = "");

// Waits for a frame with that opcode (any: -1); all frames are recorded, skipped ones included.
Act expect(int opcode = -1);
// From now on: runs the script that `reply` returns for each text or binary message of the client.
// Answers pings; answers a close and ends the connection.
Act on_message(std::function<Script(const std::string& message)> reply);

inline constexpr int op_continuation = 0, op_text = 1, op_binary = 2, op_close = 8, op_ping = 9,
                     op_pong = 10;

}  // namespace sonde::test
