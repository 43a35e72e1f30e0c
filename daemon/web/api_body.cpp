#include "daemon/web/api_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/mistake.hpp"
#include "probes/text/json.hpp"

namespace sonde::web {
namespace {

using text::Json;

constexpr std::size_t names_max = 100;

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
    if (const auto text = member.string())
      out = *text;
    else
      wrong(name, "a text is expected");
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
  const auto document = text::Document::parse(body);
  if (!document) return std::unexpected("the body is not JSON: " + document.error());
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

std::expected<DeployRequest, std::string> deploy_of(std::string_view body) {
  const auto document = text::Document::parse(body);
  if (!document) return std::unexpected("the body is not JSON: " + document.error());
  DeployRequest request;
  std::string mistakes;
  Members all(document->root(), "", mistakes);
  all.text("target", request.target).text("version", request.version);
  all.text("by", request.by).text("at", request.at).end();
  if (!mistakes.empty()) return std::unexpected(mistakes);
  return request;
}

}  // namespace sonde::web
