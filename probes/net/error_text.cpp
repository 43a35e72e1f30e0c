#include "probes/net/error_text.hpp"

#include <algorithm>

#include "probes/text/json.hpp"

namespace sonde::net {
namespace {

using text::Json;
using Kind = Json::Kind;

constexpr std::size_t read_max = 64 * 1024;
constexpr std::size_t items_max = 4;  // of a list of errors

constexpr std::string_view members[] = {
    "__type", "error_code", "errorCode", "errcode",      "code",  "error",  "error_description",
    "detail", "message",    "msg",       "errorSummary", "title", "reason", "non_field_errors",
    "errors", "fault"};
// Members of an error that is an object.
constexpr std::string_view inner[] = {"code",    "type",   "title",      "msg",
                                      "message", "detail", "faultstring"};

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

bool is_plain(const Response& response) {
  const std::string* type = response.header("content-type");
  return type != nullptr && type->starts_with("text/plain");
}

// A line of plain text that a refusal has for a body.
std::string plain_error_text(const Response& response) {
  constexpr std::size_t line_max = 200;
  const bool refuses = response.status / 100 == 4;
  std::string_view line = response.body;
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  const bool short_line = line.size() <= line_max && line.find('\n') == line.npos;
  return refuses && short_line && is_plain(response) ? std::string(line) : "";
}

}  // namespace

std::string error_text(const Response& response) {
  if (response.body.size() > read_max) return "";
  const auto document = text::Document::parse_body(response.body);
  if (!document) return plain_error_text(response);
  const Json root = document->root();
  std::string all;
  add_members(all, root);
  for (std::size_t i = 0; root.kind() == Kind::array && i < std::min(root.size(), items_max); ++i)
    add_members(all, root.item(i));
  if (all.empty() && response.status / 100 == 4) add_fields(all, root);
  return all;
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
