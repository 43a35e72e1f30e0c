#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

// The head of a request, as far as the bench server cares. Views into the bytes that were read.
struct Request {
  std::string_view method, path, query;
  std::string_view websocket_key;  // empty: no upgrade was asked for
  std::size_t body_bytes = 0;
  std::size_t head_bytes = 0;  // with the empty line
  bool keep_alive = true;
};

// Nothing: the head is not complete. A head that is not HTTP/1 has no method.
std::optional<Request> parse_head(std::string_view bytes);

// A whole answer with a JSON body.
std::string json_answer(std::string_view status, std::string_view body, bool keep_alive);
std::string switching_answer(std::string_view websocket_key);

// The number of "name=123" in a query, or 0.
long query_number(std::string_view query, std::string_view name);

// A JWT in shape, signed with nonsense, for alice, valid for an hour from `now`.
std::string made_token(std::chrono::system_clock::time_point now);

}  // namespace bench
