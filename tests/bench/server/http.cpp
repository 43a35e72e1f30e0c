#include "tests/bench/server/http.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include <charconv>

namespace bench {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

long number(std::string_view text) {
  long value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

void take_header(std::string_view line, Request& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (same_name(name, "content-length"))
    request.body_bytes = static_cast<std::size_t>(number(value));
  if (same_name(name, "connection") && same_name(value, "close")) request.keep_alive = false;
  if (same_name(name, "connection") && same_name(value, "keep-alive")) request.keep_alive = true;
  if (same_name(name, "sec-websocket-key")) request.websocket_key = value;
}

void take_request_line(std::string_view line, Request& request) {
  const auto first = line.find(' ');
  const auto second = line.rfind(' ');
  if (first == std::string_view::npos || first == second) return;
  request.method = line.substr(0, first);
  request.path = line.substr(first + 1, second - first - 1);
  request.keep_alive = !line.ends_with("HTTP/1.0");
  const auto mark = request.path.find('?');
  if (mark == std::string_view::npos) return;
  request.query = request.path.substr(mark + 1);
  request.path = request.path.substr(0, mark);
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string base64url(std::string_view bytes) {
  std::string text = base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

}  // namespace

std::optional<Request> parse_head(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  Request request;
  request.head_bytes = end + 4;
  std::string_view rest = bytes.substr(0, end + 2);
  for (bool first = true; !rest.empty(); first = false) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    first ? take_request_line(line, request) : take_header(line, request);
  }
  return request;
}

std::string json_answer(std::string_view status, std::string_view body, bool keep_alive) {
  std::string answer = "HTTP/1.1 ";
  answer += status;
  answer += "\r\nContent-Type: application/json\r\nConnection: ";
  answer += keep_alive ? "keep-alive" : "close";
  answer += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  answer += body;
  return answer;
}

std::string switching_answer(std::string_view websocket_key) {
  const std::string input = std::string(websocket_key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         base64({reinterpret_cast<const char*>(digest), sizeof digest}) + "\r\n\r\n";
}

long query_number(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return number(pair.substr(name.size() + 1));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return 0;
}

std::string made_token(std::chrono::system_clock::time_point now) {
  const auto second = std::chrono::system_clock::to_time_t(now);
  const std::string claims =
      "{\"sub\":\"alice\",\"iss\":\"bench\",\"aud\":\"bench\",\"iat\":" + std::to_string(second) +
      ",\"exp\":" + std::to_string(second + 3600) + "}";
  return base64url(R"({"alg":"RS256","typ":"JWT","kid":"bench"})") + "." + base64url(claims) + "." +
         base64url(std::string(256, 's'));
}

}  // namespace bench
