#include "probes/net/error_text.hpp"

#include <algorithm>

#include "probes/net/http/http_text.hpp"
#include "probes/text/charset.hpp"
#include "probes/text/json.hpp"
#include "probes/text/page_words.hpp"
#include "probes/text/unescape.hpp"

namespace sonde::net {
namespace {

using text::Json;
using Kind = Json::Kind;

constexpr std::size_t read_max = 64 * 1024;
constexpr std::size_t items_max = 4;  // of a list of errors

constexpr std::string_view members[] = {"__type",
                                        "error_code",
                                        "errorCode",
                                        "errcode",
                                        "code",
                                        "error",
                                        "error_description",
                                        "error_msg",
                                        "errorMessage",
                                        "error_message",
                                        "errmsg",
                                        "detail",
                                        "message",
                                        "Message",
                                        "msg",
                                        "errorSummary",
                                        "title",
                                        "reason",
                                        "non_field_errors",
                                        "errors",
                                        "fault"};
// Members of an error that is an object.
constexpr std::string_view inner[] = {"code",    "type",    "title",  "msg",
                                      "message", "Message", "detail", "faultstring"};

void add(std::string& all, std::string_view more) {
  if (more.empty() || all.find(more) != std::string::npos) return;
  all += all.empty() ? "" : ": ";
  all += more;
}

void add_value(std::string& all, Json value, bool whole);

// A list of errors, or an object with errors by field name.
void add_each(std::string& all, Json value) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < value.size() && value.kind() == Kind::array && i < items_max; ++i)
    add_value(all, value.item(i), false);
  for (const auto& [name, member] : value.members())
    if (member.kind() == Kind::array && ++count <= items_max) add_value(all, member.item(0), false);
}

void add_value(std::string& all, Json value, bool whole) {
  if (value.kind() == Kind::string) return add(all, *value.string());
  if (value.kind() == Kind::object)
    for (const auto name : inner) {
      const auto text = value.member(name).string();
      if (text) add(all, *text);
    }
  if (whole) add_each(all, value);
}

void add_members(std::string& all, Json object) {
  for (const auto name : members) add_value(all, object.member(name), true);
}

// "username: This field is required.", where an answer is errors by field name and nothing else.
void add_fields(std::string& all, Json root) {
  std::size_t count = 0;
  for (const auto& [name, member] : root.members()) {
    const auto text = member.kind() == Kind::array ? member.item(0).string() : std::nullopt;
    if (text && !text->empty() && ++count <= items_max)
      add(all, std::string(name) + ": " + std::string(*text));
  }
}

std::string_view header_of(const Response& response, std::string_view name) {
  const std::string* value = response.header(name);
  return value != nullptr ? *value : std::string_view();
}

constexpr std::size_t line_max = 200;

// A line of plain text that an error has for a body.
std::string plain_error_text(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' '))
    line.remove_suffix(1);
  const bool short_line = line.size() <= line_max && line.find('\n') == line.npos;
  return short_line ? std::string(line) : "";
}

// The title of an error page, unless it only repeats the status: "502 Bad Gateway".
std::string title_of(int status, std::string_view body) {
  const std::string title = text::title_of_page(body);
  const bool known = title.starts_with(std::to_string(status)) || title == "Error";
  return title.size() > line_max || known ? "" : title;
}

bool is_error(const Response& response) {
  return response.status / 100 == 4 || response.status / 100 == 5;
}

// "Wrong password" of "/login?error=Wrong%20password", the address that a refusal leads to.
std::string error_of_redirect(const Response& response) {
  const std::string_view to = header_of(response, "location");
  const std::size_t query = to.find('?');
  if (response.status / 100 != 3 || query == to.npos) return "";
  const std::string_view all = to.substr(query + 1, to.find('#', query) - query - 1);
  for (const std::string_view name : {"error_description", "error_message", "error", "message"})
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('&', at), all.size());
      const std::string_view pair = all.substr(at, end - at);
      at = end + 1;
      if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") continue;
      std::string value(pair.substr(name.size() + 1));
      std::ranges::replace(value, '+', ' ');
      if (auto decoded = text::unescape(value, "%")) value = std::move(decoded->bytes);
      if (!value.empty() && value.size() <= line_max) return value;
    }
  return "";
}

}  // namespace

std::string error_in(Json root) {
  std::string all;
  add_members(all, root);
  for (std::size_t i = 0; root.kind() == Kind::array && i < std::min(root.size(), items_max); ++i)
    add_members(all, root.item(i));
  return all;
}

std::string error_text(const Response& response) {
  if (response.body.size() > read_max) return "";
  if (std::string error = error_of_redirect(response); !error.empty()) return error;
  const std::string_view type = header_of(response, "content-type");
  const std::string body =
      text::decoded(response.body, text::encoding_of_page(type, response.body));
  const auto document = text::Document::parse_body(body);
  if (!document) {
    const std::string media = media_type(type);
    if (is_error(response) && media == "text/plain") return plain_error_text(body);
    if (is_error(response) && media == "text/html") return title_of(response.status, body);
    return "";
  }
  const Json root = document->root();
  std::string all = error_in(root);
  if (all.empty() && response.status / 100 == 4) add_fields(all, root);
  return all;
}

std::string said_limit(const Response& response) {
  const auto shown = [&](std::string_view name) {
    const std::string_view value = header_of(response, name);
    return value.empty() ? std::string() : std::string(name) + ": " + std::string(value);
  };
  if (response.status == 405) return shown("Allow");
  return response.status == 429 || response.status == 503 ? shown("Retry-After") : "";
}

std::string said_gate(const Response& response) {
  for (const std::string_view name :
       {"cf-mitigated", "x-vercel-mitigated", "x-amzn-waf-action", "x-datadome", "x-sucuri-block"})
    if (const std::string* value = response.header(name)) return std::string(name) + ": " + *value;
  if (response.status != 401) return "";
  const std::string* wanted = response.header("www-authenticate");
  return wanted != nullptr ? "WWW-Authenticate: " + *wanted : "";
}

}  // namespace sonde::net
