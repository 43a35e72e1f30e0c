#include "daemon/notify/opsgenie.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

// https://docs.opsgenie.com/docs/alert-api, "Create Alert".
constexpr std::size_t opsgenie_message_max = 130;
constexpr std::size_t description_max = 15'000;
constexpr std::size_t tags_max = 20;
constexpr std::size_t tag_max = 50;
constexpr std::size_t field_max = 500;
constexpr int no_such_alert = 404;

std::string quoted(std::string_view text, std::size_t bytes_max) {
  return text::json_quote(text::shorten(text, bytes_max - 3));  // it ends in "..."
}

std::string_view priority_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "P1";
    case Severity::warning:
      return "P3";
    case Severity::info:
      return "P5";
  }
  return "P3";
}

std::string tags_of(const std::vector<std::string>& tags) {
  std::string all;
  for (std::size_t i = 0; i < std::min(tags.size(), tags_max); ++i)
    all += (i > 0 ? "," : "") + quoted(tags[i], tag_max);
  return all;
}

// Labels, and what the worst alert links to.
std::string opsgenie_details(const Alert& alert) {
  std::string all;
  const auto add = [&](std::string_view name, std::string_view value) {
    all += (all.empty() ? "" : ",") + quoted(name, field_max) + ":" + quoted(value, field_max);
  };
  for (const auto& [name, value] : alert.labels) add(name, value);
  for (const auto& [label, url] : links_of(alert)) add(label, url);
  return all;
}

}  // namespace

const config::Section<OpsgenieSettings>& section_of(const OpsgenieSettings*) {
  static const auto keys =
      config::Section<OpsgenieSettings>()
          .key("api_key", &OpsgenieSettings::api_key,
               "The key of an API integration, which is a secret.", {.required = true})
          .key("url", &OpsgenieSettings::url,
               "The API's address; in Europe https://api.eu.opsgenie.com.")
          .key("tags", &OpsgenieSettings::tags, "Tags of each alert.", {.max = tags_max})
          .also(&OpsgenieSettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::string opsgenie_body(const Message& message, const std::vector<std::string>& tags) {
  const Alert& worst = message.alerts.front();
  const std::string_view subject = subject_of(message);
  const std::string line =
      fmt::format("{}: {}", text::shorten(subject, opsgenie_message_max / 3), headline_of(message));
  return fmt::format(R"({{"message":{},"alias":"{}","description":{},"entity":{},"source":"Sonde",)"
                     R"("priority":"{}","tags":[{}],"details":{{{}}}}})",
                     quoted(line, opsgenie_message_max), incident_key(message),
                     text::json_quote(text_of(message, description_max)),
                     quoted(subject, field_max), priority_of(severity_of(message)), tags_of(tags),
                     opsgenie_details(worst));
}

// A key identifies an integration of Opsgenie.
std::string Opsgenie::identity() const {
  const auto key = settings_.api_key.reveal();
  return key ? short_digest(*key) : "";
}

std::expected<Prepared, std::string> Opsgenie::request(const Message& message) const {
  auto key = settings_.api_key.reveal();
  if (!key) return std::unexpected("api_key: " + key.error());
  const bool fires = firing(message);
  std::string body = fires ? opsgenie_body(message, settings_.tags) : R"({"source":"Sonde"})";
  auto prepared = post_json(settings_.url, settings_.http, std::move(body));
  if (!prepared) return prepared;
  std::string& target = prepared->request.url.target;
  target = (target == "/" ? "" : target) + "/v2/alerts";
  if (!fires) target += "/" + incident_key(message) + "/close?identifierType=alias";
  prepared->request.headers.emplace_back("Authorization", "GenieKey " + *key);
  prepared->secrets.push_back(std::move(*key));
  return prepared;
}

Receipt Opsgenie::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  if (response.status == no_such_alert && response.body.contains("requestId")) {
    receipt.outcome = DeliveryOutcome::accepted;
    receipt.trouble = DeliveryError::none;
    return receipt;
  }
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  const auto document = text::Document::parse_body(response.body);
  const bool taken = document && document->root().member("requestId").string().has_value();
  return taken ? receipt : not_delivered(response, "it has no \"requestId\"");
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(OpsgenieSettings settings) {
  return {std::make_shared<Opsgenie>(std::move(settings))};
}

}  // namespace sonde::notify
