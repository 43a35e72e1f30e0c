#include "daemon/notify/webhook.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/net/http/http_request.hpp"
#include "probes/text/json.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t webhook_alerts_max = 256;
constexpr std::string_view no_time = "0001-01-01T00:00:00Z";  // Go's zero time: it has not ended

std::string_view status_of(bool fires) { return fires ? "firing" : "resolved"; }

std::string json_of(const Alert& alert) {
  return fmt::format(
      R"({{"status":"{}","labels":{},"annotations":{},"startsAt":"{}","endsAt":"{}",)"
      R"("generatorURL":{},"fingerprint":"{:016x}"}})",
      status_of(!alert.ended), sonde::json_of(alert.labels), sonde::json_of(alert.annotations),
      as_rfc3339(alert.starts), alert.ended ? as_rfc3339(*alert.ended) : no_time,
      text::json_quote(alert.source_url), fingerprint(alert.labels));
}

// The labels that all alerts have in common.
Labels common(const std::vector<Alert>& alerts, Labels Alert::* of) {
  Labels all = alerts.front().*of;
  for (const auto& alert : alerts)
    std::erase_if(all, [&](const auto& pair) {
      const auto found = (alert.*of).find(pair.first);
      return found == (alert.*of).end() || found->second != pair.second;
    });
  return all;
}

// As Alertmanager has it: the route, then the labels of the group.
std::string group_key(const Message& message) {
  const std::string route =
      message.entry.empty() ? "" : "/" + show(Labels{{"receiver", message.entry}});
  return "{}" + route + ":" + show(message.group);
}

std::string webhook_body(const Message& message) {
  const std::size_t count = std::min(message.alerts.size(), webhook_alerts_max);
  std::vector<Alert> told = message.alerts;
  for (Alert& alert : told) alert.annotations = annotations_with(alert, message.incident);
  std::string alerts;
  for (std::size_t i = 0; i < count; ++i) alerts += (i > 0 ? "," : "") + json_of(told[i]);
  return fmt::format(
      R"({{"receiver":{},"status":"{}","alerts":[{}],"groupLabels":{},"commonLabels":{},)"
      R"("commonAnnotations":{},"externalURL":{},"version":"4","groupKey":{},)"
      R"("truncatedAlerts":{}}})",
      text::json_quote(message.receiver), status_of(firing(message)), alerts,
      sonde::json_of(message.group), sonde::json_of(common(told, &Alert::labels)),
      sonde::json_of(common(told, &Alert::annotations)), text::json_quote(message.external_url),
      text::json_quote(group_key(message)), message.alerts.size() - count);
}

}  // namespace

const config::Section<AcceptedAnswer>& section_of(const AcceptedAnswer*) {
  static const auto keys =
      config::Section<AcceptedAnswer>()
          .key("status", &AcceptedAnswer::status, "The statuses; without it, every 2xx.",
               {.min = 1, .max = 20})
          .key("json", &AcceptedAnswer::json,
               "What stands where in the JSON answer, such as `{ /code: 0 }`.");
  return keys;
}

const config::Section<WebhookSettings>& section_of(const WebhookSettings*) {
  static const auto keys =
      config::Section<WebhookSettings>()
          .key("url", &WebhookSettings::url,
               "Where Alertmanager's webhook body (version 4) is posted; may be a secret.",
               {.required = true})
          .key("body", &WebhookSettings::body,
               "A body for any other service, instead of Alertmanager's: a tree that becomes JSON, "
               "or "
               "a text. `{{title}}`, `{{text}}` and others are filled in.")
          .key("content_type", &WebhookSettings::content_type, "The type of the body.",
               {.filled = true})
          .key("method", &WebhookSettings::method, "POST, or PUT.", {.one_of = {"POST", "PUT"}})
          .key("secrets", &WebhookSettings::secrets,
               "Secrets for the body, which uses them as `{{secrets.NAME}}`.", {.filled = true})
          .key(
              "accepted", &WebhookSettings::accepted,
              "The answers with which the service says yes; any other one is a no, and the message "
              "is sent again.")
          .also(&WebhookSettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::expected<Prepared, std::string> Webhook::request(const Message& message) const {
  if (settings_.body.empty()) {
    auto usual = post_json(settings_.url, settings_.http, webhook_body(message));
    if (usual) usual->request.method = settings_.method;
    return usual;
  }
  MessageBody::Secrets revealed;
  for (const auto& [name, secret] : settings_.secrets) {
    auto text = secret.reveal();
    if (!text) return std::unexpected("secrets." + name + ": " + text.error());
    revealed.emplace_back(name, std::move(*text));
  }
  auto body = settings_.body.render(message, revealed);
  if (!body) return std::unexpected("body: " + body.error());
  auto prepared =
      post_body(settings_.url, settings_.http, std::move(*body), settings_.content_type);
  if (!prepared) return prepared;
  prepared->request.method = settings_.method;
  for (auto& [name, text] : revealed) prepared->secrets.push_back(std::move(text));
  return prepared;
}

Receipt Webhook::judge(const net::Response& response) const {
  const auto& [statuses, json] = settings_.accepted;
  const bool listed = std::ranges::find(statuses, response.status) != statuses.end();
  const bool judges_text = !settings_.body.empty() && json.empty();
  Receipt receipt = judges_text ? judge_answer(response) : judge_status(response);
  if (listed && (response.status < 200 || response.status >= 300)) receipt = {};
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  if (!statuses.empty() && !listed)
    return not_delivered(response, "the status is not one of `accepted`");
  if (json.empty()) return receipt;
  const auto document = text::Document::parse_body(response.body);
  if (!document) return not_delivered(response, "the answer is not the JSON of `accepted`");
  text::Names no_names;
  const auto why = text::mismatch(json, document->root(), no_names);
  return why ? not_delivered(response, "the answer says no: " + *why) : receipt;
}

bool vet(const WebhookSettings& settings, const config::Value& value,
         const config::Reader& reader) {
  bool good = true;
  const auto wrong = [&](std::string_view key, const std::string& text) {
    const config::Value* written = value.find(key);
    reader.at(key).wrong(written != nullptr ? written->place : value.place, text);
    good = false;
  };
  if (auto mistake = net::header_mistake("Content-Type", settings.content_type); !mistake.empty())
    wrong("content_type", mistake);
  if (settings.body.empty() && value.find("content_type") != nullptr)
    wrong("content_type", "it is that of a body, and this webhook sends Alertmanager's");
  if (!settings.body.empty() && settings.content_type.contains("json") &&
      !settings.body.stays_json())
    wrong("body",
          "a quote or a line end in an alert would break this JSON: write a mapping, or {{... | "
          "json}}");
  const config::Value* accepted = value.find("accepted");
  if (accepted != nullptr && settings.accepted.status.empty() && settings.accepted.json.empty())
    wrong("accepted", "write `status`, `json` or both");
  for (const int status : settings.accepted.status)
    if (status < 200 || status > 599)
      wrong("accepted", fmt::format("{} is not the status of an answer (200 to 599)", status));
  std::vector<std::string_view> names;
  names.reserve(settings.secrets.size());
  for (const auto& [name, secret] : settings.secrets) names.emplace_back(name);
  for (const auto& name : settings.body.secrets_used())
    if (!settings.secrets.contains(name))
      wrong("body", config::no_such("secret of the receiver", name, names));
  return good;
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(WebhookSettings settings) {
  return {std::make_shared<Webhook>(std::move(settings))};
}

}  // namespace sonde::notify
