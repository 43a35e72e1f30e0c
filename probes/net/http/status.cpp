#include "probes/net/http/status.hpp"

#include <algorithm>
#include <array>

#include "probes/net/error_text.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::net {
namespace {

// More than is shown of a detail, so that it is not cut before secrets are removed.
constexpr std::size_t said_bytes_max = 4096;

bool leads_to_login(const std::string* location) {
  if (location == nullptr) return false;
  constexpr std::array words = {"login", "signin", "sign-in", "/auth", "oauth", "sso"};
  return std::ranges::any_of(words,
                             [&](auto word) { return location->find(word) != std::string::npos; });
}

std::string printable(std::string_view text) {
  std::string clean(text.substr(0, said_bytes_max));
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return clean;
}

}  // namespace

Reason reason_of(const Response& response) {
  switch (response.status) {
    case 400:
    case 422:
      return Reason::contract;
    case 404:
    case 405:
    case 410:
      return Reason::no_route;
    case 429:
    case 503:
      return Reason::overloaded;
    case 502:
      return Reason::bad_gateway;
    case 504:
      return Reason::gateway_timeout;
    default:
      break;
  }
  if (response.status >= 500) return Reason::server_error;
  if (response.status < 300 || response.status >= 400 || response.status == 304)
    return Reason::bad_status;
  return leads_to_login(response.header("location")) ? Reason::login_redirect : Reason::redirected;
}

bool is_page(const Response& response) {
  std::string_view body = response.body;
  if (body.starts_with(text::byte_order_mark)) body.remove_prefix(text::byte_order_mark.size());
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool json = first != body.npos && (body[first] == '{' || body[first] == '[');
  const std::string* type = response.header("content-type");
  return response.status >= 200 && response.status < 300 && !json && type != nullptr &&
         media_type(*type) == "text/html";
}

std::string describe(const Response& response) {
  std::string text = "HTTP " + std::to_string(response.status);
  const std::string* location = response.header("location");
  if (response.status >= 300 && response.status < 400 && location != nullptr)
    text += " to " + printable(location->substr(0, location->find_first_of("?#")));
  std::string error = printable(error_text(response));
  if (error.empty()) error = printable(response.phrase);
  if (!error.empty()) text += " " + error;
  for (const std::string& said : {said_gate(response), said_limit(response)})
    if (!said.empty()) text += " (" + printable(said) + ")";
  return text;
}

}  // namespace sonde::net
