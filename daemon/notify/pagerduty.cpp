#include "daemon/notify/pagerduty.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t summary_max = 1024;
constexpr std::size_t detail_max = 2000;           // for a text of one alert
constexpr std::size_t details_max = 256UL * 1024;  // an event may have 512 KB
constexpr std::size_t alerts_max = 50;

std::string quote(std::string_view text, std::size_t bytes_max) {
  return text::json_quote(text::shorten(text, bytes_max));
}

std::string detail_of(const Alert& alert) {
  const auto& by = value_of(alert.annotations, "acknowledged");
  const std::string looked_after = by.empty() ? "" : ",\"acknowledged\":" + quote(by, detail_max);
  return fmt::format(
      R"({{"alertname":{},"status":"{}","severity":"{}","summary":{},"labels":{}{}}})",
      quote(name_of(alert), detail_max), alert.ended ? "resolved" : "firing", name(alert.severity),
      quote(summary_of(alert), detail_max), quote(show(alert.labels), detail_max), looked_after);
}

std::string details_of(const Message& message) {
  std::string all;
  const std::size_t count = std::min(message.alerts.size(), alerts_max);
  for (std::size_t i = 0; i < count && all.size() < details_max; ++i)
    all += (i > 0 ? "," : "") + detail_of(message.alerts[i]);
  return fmt::format(R"({{"alerts":[{}],"count":{}}})", all, message.alerts.size());
}

std::string pagerduty_links(const Alert& alert) {
  std::string all;
  for (const auto& [label, url] : links_of(alert))
    all += fmt::format(R"({}{{"href":{},"text":"{}"}})", all.empty() ? "" : ",",
                       text::json_quote(url), label);
  return all;
}

// The first alert may name others already, so the count is of all.
std::string summary_of_all(const Message& message) {
  const auto firing =
      std::ranges::count_if(message.alerts, [](const Alert& alert) { return !alert.ended; });
  const std::string more = firing > 1 ? fmt::format(" ({} alerts)", firing) : "";
  return text::shorten(headline_of(message), summary_max - 3 - more.size()) + more;
}

std::string payload_of(const Message& message) {
  const Alert& worst = message.alerts.front();
  const std::string source = worst.target.empty() ? "sonde" : worst.target;
  return fmt::format(
      R"({{"summary":{},"source":{},"severity":"{}","timestamp":"{}","class":{},"group":{},)"
      R"("custom_details":{}}})",
      text::json_quote(summary_of_all(message)), quote(source, 255), name(worst.severity),
      as_rfc3339(worst.starts), quote(name_of(worst), 255), quote(source, 255),
      details_of(message));
}

}  // namespace

const config::Section<PagerDutySettings>& section_of(const PagerDutySettings*) {
  static const auto keys =
      config::Section<PagerDutySettings>()
          .key("routing_key", &PagerDutySettings::routing_key,
               "The integration key of a service (Events API v2), which is a secret.",
               {.required = true})
          .key("url", &PagerDutySettings::url, "Where events are posted.")
          .also(&PagerDutySettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::string pagerduty_body(const Message& message, std::string_view routing_key) {
  const bool fires = firing(message);
  std::string body = fmt::format(R"({{"routing_key":{},"event_action":"{}","dedup_key":"{}")",
                                 text::json_quote(routing_key), fires ? "trigger" : "resolve",
                                 incident_key(message));
  if (!fires) return body + "}";
  body += fmt::format(R"(,"payload":{},"links":[{}],"client":"Sonde")", payload_of(message),
                      pagerduty_links(message.alerts.front()));
  if (!message.external_url.empty())
    body += ",\"client_url\":" + text::json_quote(message.external_url);
  return body + "}";
}

// A routing key identifies a service of PagerDuty.
std::string PagerDuty::identity() const {
  const auto key = settings_.routing_key.reveal();
  return key ? short_digest(*key) : "";
}

std::expected<Prepared, std::string> PagerDuty::request(const Message& message) const {
  auto key = settings_.routing_key.reveal();
  if (!key) return std::unexpected("routing_key: " + key.error());
  auto prepared = post_json(settings_.url, settings_.http, pagerduty_body(message, *key));
  if (prepared) prepared->secrets.push_back(std::move(*key));
  return prepared;
}

Receipt PagerDuty::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  const auto document = text::Document::parse_body(response.body);
  const bool taken = document && document->root().member("status").string() == "success";
  return taken ? receipt : not_delivered(response, "it does not say \"status\":\"success\"");
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(PagerDutySettings settings) {
  return {std::make_shared<PagerDuty>(std::move(settings))};
}

}  // namespace sonde::notify
