#pragma once
#include <map>
#include <string>

#include "config/section.hpp"
#include "daemon/notify/plain_or_secret.hpp"
#include "daemon/notify/receiver.hpp"

namespace sonde::notify {

// Settings that every receiver has: connection, time limit and additional headers.
struct ReceiverHttp {
  net::ConnectionOptions line;
  Span timeout = std::chrono::seconds(10);
  std::map<std::string, PlainOrSecret> headers;  // e.g. Authorization
};
const config::Section<ReceiverHttp>& section_of(const ReceiverHttp*);

// A POST of JSON to `url`; the error says why its secrets cannot be read.
std::expected<Prepared, std::string> post_json(const HookUrl& url, const ReceiverHttp& http,
                                               std::string body);
// The same with another type of body.
std::expected<Prepared, std::string> post_body(const HookUrl& url, const ReceiverHttp& http,
                                               std::string body, std::string content_type);

}  // namespace sonde::notify
