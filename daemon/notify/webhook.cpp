#include "daemon/notify/webhook.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
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
  std::string alerts;
  for (std::size_t i = 0; i < count; ++i) alerts += (i > 0 ? "," : "") + json_of(message.alerts[i]);
  return fmt::format(
      R"({{"receiver":{},"status":"{}","alerts":[{}],"groupLabels":{},"commonLabels":{},)"
      R"("commonAnnotations":{},"externalURL":{},"version":"4","groupKey":{},)"
      R"("truncatedAlerts":{}}})",
      text::json_quote(message.receiver), status_of(firing(message)), alerts,
      sonde::json_of(message.group), sonde::json_of(common(message.alerts, &Alert::labels)),
      sonde::json_of(common(message.alerts, &Alert::annotations)),
      text::json_quote(message.external_url), text::json_quote(group_key(message)),
      message.alerts.size() - count);
}

}  // namespace

const config::Section<WebhookSettings>& section_of(const WebhookSettings*) {
  static const auto keys =
      config::Section<WebhookSettings>()
          .key("url", &WebhookSettings::url,
               "Where Alertmanager's webhook body (version 4) is posted; may be a secret.",
               {.required = true})
          .also(&WebhookSettings::http, config::section<ReceiverHttp>());
  return keys;
}

Webhook::Webhook(WebhookSettings settings) : settings_(std::move(settings)) {
  line = settings_.http.line;
  timeout = settings_.http.timeout;
}

std::shared_ptr<const Receiver> Webhook::pinned() const {
  auto url = settings_.url.pinned();
  if (!url) return nullptr;
  auto same = std::make_shared<Webhook>(*this);
  same->settings_.url = std::move(*url);
  return same;
}

std::expected<Prepared, std::string> Webhook::request(const Message& message) const {
  return post_json(settings_.url, settings_.http, webhook_body(message));
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(WebhookSettings settings) {
  return {std::make_shared<Webhook>(std::move(settings))};
}

}  // namespace sonde::notify
