#include "tests/bench/server/frames.hpp"

#include <cctype>
#include <charconv>

namespace bench {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

// The product of the first "a * b" in a prompt; 0 if there is none.
long product_in(std::string_view prompt) {
  const auto star = prompt.find(" * ");
  if (star == std::string_view::npos) return 0;
  std::size_t start = star;
  while (start > 0 && std::isdigit(static_cast<unsigned char>(prompt[start - 1])) != 0) --start;
  long left = 0;
  long right = 0;
  std::from_chars(prompt.data() + start, prompt.data() + star, left);
  std::from_chars(prompt.data() + star + 3, prompt.data() + prompt.size(), right);
  return left * right;
}

// The text of a member, without escapes: "thread_id":"..."; empty if it is no text.
std::string_view member_of(std::string_view json, std::string_view name) {
  const std::string quoted = "\"" + std::string(name) + "\":";
  const auto at = json.find(quoted);
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + quoted.size());
  if (json.starts_with(' ')) json.remove_prefix(1);
  if (!json.starts_with('"')) return {};
  return json.substr(1, json.find('"', 1) - 1);
}

std::string event_frame(std::string_view type, std::string_view prompt, std::string_view more) {
  std::string json = R"({"type":")";
  json += type;
  json += '"';
  for (const std::string_view name : {"thread_id", "run_id"}) {
    const auto value = member_of(prompt, name);
    if (value.empty()) continue;
    json += ",\"" + std::string(name) + "\":\"" + std::string(value) + '"';
  }
  json += R"(,"user_id":"alice","agent_name":"calculator")";
  json += more;
  return made_frame(1, json + "}");
}

}  // namespace

std::optional<Frame> parse_frame(std::string_view bytes) {
  if (bytes.size() < 6) return std::nullopt;
  std::size_t length = byte_at(bytes, 1) & 0x7FU;
  std::size_t head = 2;
  if (length == 126) {
    length = byte_at(bytes, 2) << 8U | byte_at(bytes, 3);
    head = 4;
  } else if (length == 127) {
    return Frame{8, "", bytes.size()};
  }
  const std::size_t start = head + 4;
  if (bytes.size() < start + length) return std::nullopt;
  Frame frame{byte_at(bytes, 0) & 0x0FU, std::string(bytes.substr(start, length)), start + length};
  for (std::size_t i = 0; i < length; ++i)
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ bytes[head + i % 4]);
  return frame;
}

std::string made_frame(unsigned opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80U | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += '\x7E';
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  }
  frame += payload;
  return frame;
}

std::string first_events(std::string_view prompt) {
  return event_frame("agent_started", prompt, "") +
         event_frame("agent_thinking", prompt, R"(,"thought":"to the calculator")") +
         event_frame("tool_executing", prompt, R"(,"tool_name":"calculator","execution_id":"e1")") +
         event_frame("tool_completed", prompt,
                     R"(,"tool_name":"calculator","execution_id":"e1","results":{})");
}

std::string last_event(std::string_view prompt) {
  const std::string answer = std::to_string(product_in(prompt));
  return event_frame("agent_completed", prompt,
                     ",\"final_response\":\"" + answer + "\",\"result\":\"" + answer + "\"");
}

std::string ready_frame() {
  return made_frame(
      1, R"({"type":"connection_established","data":{"mode":"main","user_id":"alice"}})");
}

}  // namespace bench
