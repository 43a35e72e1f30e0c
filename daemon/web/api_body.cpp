#include "daemon/web/api_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "config/mistake.hpp"
#include "probes/text/json.hpp"
#include "probes/text/printable.hpp"

namespace sonde::web {
namespace {

using text::Json;

constexpr std::size_t names_max = 100;

// These texts are shown on pages and in mails, and logged.
bool is_clean(std::string_view text) {
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  return text::printable(text, true, all) == text;
}

// The end of the JSON text whose opening quote is at `begin`: behind its closing quote.
std::size_t end_of_text(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

std::string unescaped(std::string_view quoted) {
  const auto document = text::Document::parse(quoted);
  return document ? document->root().string_or_empty() : "";
}

// A name that an object of the valid JSON has twice, of which parsers keep one value: which of
// them, the sender does not know.
std::optional<std::string> repeated_name(std::string_view json) {
  std::vector<std::set<std::string>> names;  // of the objects and arrays around
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '{' || json[at] == '[') names.emplace_back();
    if (json[at] == '}' || json[at] == ']') names.pop_back();
    if (json[at] != '"') continue;
    const std::size_t end = end_of_text(json, at);
    const std::size_t next = json.find_first_not_of(" \t\r\n", end);
    if (next != json.npos && json[next] == ':') {
      const auto [name, is_new] = names.back().insert(unescaped(json.substr(at, end - at)));
      if (!is_new) return *name;
    }
    at = end - 1;
  }
  return std::nullopt;
}

// A request's body; the error says what is wrong with it.
std::expected<text::Document, std::string> document_of(std::string_view body) {
  auto document = text::Document::parse(body);
  if (!document) return std::unexpected("the body is not JSON: " + document.error());
  if (document->root().kind() != Json::Kind::object)
    return std::unexpected("the body: an object is expected");
  if (const auto name = repeated_name(body))
    return std::unexpected(
        fmt::format("{}: given twice in one object", text::printable(*name, true, names_max)));
  return document;
}

// Reads the members of an object; members that were not read are unknown.
class Members {
 public:
  Members(Json object, std::string prefix, std::string& mistakes)
      : object_(object), prefix_(std::move(prefix)), mistakes_(mistakes) {
    if (object && object.kind() != Json::Kind::object) wrong("", "an object is expected");
  }

  Members& text(std::string_view name, std::string& out) {
    const Json member = take(name);
    if (!member) return *this;
    const auto text = member.string();
    if (text && is_clean(*text))
      out = *text;
    else
      wrong(name, text ? "control and invisible characters are not allowed" : "a text is expected");
    return *this;
  }
  // A text, or a list of them.
  Members& texts(std::string_view name, std::vector<std::string>& out) {
    const Json member = take(name);
    if (!member) return *this;
    const bool list = member.kind() == Json::Kind::array && member.size() <= names_max;
    const std::size_t count = list ? member.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const auto text = (list ? member.item(i) : member).string();
      if (!text) {
        wrong(name, fmt::format("a text or a list of at most {} is expected", names_max));
        break;
      }
      if (!is_clean(*text)) wrong(name, "control and invisible characters are not allowed");
      out.emplace_back(*text);
    }
    return *this;
  }
  Json take(std::string_view name) {
    known_.push_back(name);
    return object_.member(name);
  }
  // Reports unknown members.
  void end() {
    for (const auto& [name, value] : object_.members()) {
      if (std::ranges::find(known_, name) != known_.end()) continue;
      const std::string_view near = config::nearest(name, known_);
      wrong(name.substr(0, 100),
            near.empty() ? "unknown" : fmt::format("unknown; did you mean '{}'?", near));
    }
  }

 private:
  void wrong(std::string_view name, const std::string& what) {
    const bool within = !prefix_.empty() && !name.empty();
    mistakes_ += fmt::format("{}{}{}{}: {}", mistakes_.empty() ? "" : "; ", prefix_,
                             within ? "." : "", name, what);
  }

  Json object_;
  std::string prefix_;
  std::string& mistakes_;
  std::vector<std::string_view> known_;
};

}  // namespace

std::expected<MaintenanceRequest, std::string> maintenance_of(std::string_view body) {
  const auto document = document_of(body);
  if (!document) return std::unexpected(document.error());
  MaintenanceRequest request;
  std::string mistakes;
  Members all(document->root(), "", mistakes);
  all.text("from", request.from).text("to", request.to).text("for", request.length);
  all.text("zone", request.zone).text("rates", request.rates);
  all.text("reason", request.reason).text("author", request.author);
  Members where(all.take("where"), "where", mistakes);
  where.texts("probe", request.probe)
      .texts("kind", request.kind)
      .texts("target", request.target)
      .end();
  all.end();
  if (!mistakes.empty()) return std::unexpected(mistakes);
  return request;
}

std::expected<AcknowledgeRequest, std::string> acknowledge_of(std::string_view body) {
  const auto document = document_of(body);
  if (!document) return std::unexpected(document.error());
  AcknowledgeRequest request;
  std::string mistakes;
  Members all(document->root(), "", mistakes);
  all.text("alert", request.alert).text("target", request.target);
  all.text("by", request.by).text("comment", request.comment).end();
  if (!mistakes.empty()) return std::unexpected(mistakes);
  return request;
}

std::expected<DeployRequest, std::string> deploy_of(std::string_view body) {
  const auto document = document_of(body);
  if (!document) return std::unexpected(document.error());
  DeployRequest request;
  std::string mistakes;
  Members all(document->root(), "", mistakes);
  all.text("target", request.target).text("version", request.version);
  all.text("by", request.by).text("at", request.at).end();
  if (!mistakes.empty()) return std::unexpected(mistakes);
  return request;
}

}  // namespace sonde::web
