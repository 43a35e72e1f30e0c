#pragma once
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sonde::demo {

using Fields = std::map<std::string, std::string, std::less<>>;

// One HTTP request, bounded by the parser: 16 KB of header, 64 KB of body.
struct Request {
  std::string method, path;  // the path without its query
  Fields query;
  Fields headers;  // by lower-case name; the last of several
  std::string body;
  bool upgrade = false;  // asks for a WebSocket

  std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
  }
};

// An answer to a request.
struct Reply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds delay{};  // before the first byte
  bool hang = false;                  // never answered; the connection stays open
  std::string type = "application/json";
};

// Decodes "a=1&b=x%20y+z", at most 64 fields; an invalid escape is unchanged.
Fields decode_form(std::string_view text);

}  // namespace sonde::demo
