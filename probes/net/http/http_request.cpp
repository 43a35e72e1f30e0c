#include "probes/net/http/http_request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/core/run_id.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/version.hpp"

namespace sonde::net {
namespace {

const std::string user_agent = "sonde/" + std::string(version);

bool is_target(std::string_view target) {
  return !target.empty() && is_field_value(target) &&
         target.find_first_of(" \t") == std::string_view::npos;
}

bool is_ours(std::string_view name, const Form& form) {
  if (same_word(name, "content-length") || same_word(name, "transfer-encoding")) return true;
  return !form.upgrade && (same_word(name, "connection") || same_word(name, "upgrade"));
}

// What is wrong with the request, without the values of its headers, which may be secret.
std::string mistake(const Request& request, const Form& form) {
  if (!is_token(request.method)) return "the method is no HTTP token";
  if (!is_target(request.url.target)) return "the URL holds spaces or control characters";
  for (const auto& [name, value] : request.headers) {
    if (auto wrong = header_mistake(name, value); !wrong.empty()) return wrong;
    if (is_ours(name, form)) return fmt::format("the header {} is set by sonde itself", name);
  }
  return {};
}

bool has_length(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

Headers headers_of(const Request& request, const Form& form) {
  Headers headers;
  headers.reserve(request.headers.size() + (form.upgrade ? 5 : 7) + (has_length(request) ? 1 : 0));
  const auto add = [&](std::string_view name, std::string value) {
    if (!find_header(request.headers, name)) headers.emplace_back(name, std::move(value));
  };
  add("Host", request.url.authority());
  add("User-Agent", user_agent);
  add("Accept", "*/*");
  if (!form.upgrade) {
    add("Accept-Encoding", "gzip");
    add("Connection", "close");
  }
  if (!form.run.empty()) {
    add("X-Sonde-Run", std::string(form.run));
    add("traceparent", make_traceparent(form.run));
  }
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  if (has_length(request)) {
    headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  }
  return headers;
}

std::string bytes_of(const Request& request, const Headers& headers, const Form& form) {
  const std::string target = form.absolute ? request.url.text() : request.url.target;
  std::size_t size = request.method.size() + target.size() + request.body.size() + 16;
  for (const auto& [name, value] : headers) size += name.size() + value.size() + 4;
  std::string bytes;
  bytes.reserve(size);
  bytes.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  return bytes.append("\r\n").append(request.body);
}

}  // namespace

std::string header_mistake(std::string_view name, std::string_view value) {
  if (!is_token(name)) return fmt::format("{} is no name of a header", quoted(name));
  if (is_field_value(value)) return "";
  return fmt::format("the value of the header {} holds control characters", name);
}

std::expected<Wire, Failure> compose(const Request& request, const Form& form) {
  if (auto wrong = mistake(request, form); !wrong.empty()) {
    return std::unexpected(Failure{Reason::own_request, std::move(wrong)});
  }
  Wire wire;
  wire.headers = headers_of(request, form);
  wire.bytes = bytes_of(request, wire.headers, form);
  return wire;
}

}  // namespace sonde::net
