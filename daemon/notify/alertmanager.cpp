#include "daemon/notify/alertmanager.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"

namespace sonde::notify {
namespace {

constexpr Span evaluated_every = std::chrono::seconds(15);
constexpr Span fires_on = 4 * std::max(evaluated_every, resend_every);

// Alertmanager rejects an end before the start, which occurs if the clock was set back.
WallTime end_of(const Alert& alert, WallTime now) {
  const WallTime end =
      alert.ended.value_or(now + std::chrono::duration_cast<WallTime::duration>(fires_on));
  return std::max(end, alert.starts);
}

std::string json_of(const Alert& alert, WallTime now) {
  std::string json = fmt::format(R"({{"labels":{},"annotations":{},"startsAt":"{}","endsAt":"{}")",
                                 sonde::json_of(alert.labels),
                                 sonde::json_of(annotations_with(alert, alert.incident)),
                                 as_rfc3339(alert.starts), as_rfc3339(end_of(alert, now)));
  if (!alert.source_url.empty()) json += ",\"generatorURL\":" + text::json_quote(alert.source_url);
  return json + "}";
}

std::string alertmanager_body(const Message& message) {
  std::string body = "[";
  for (const auto& alert : message.alerts)
    body += (body.size() > 1 ? "," : "") + json_of(alert, message.now);
  return body + "]";
}

}  // namespace

const config::Section<AlertmanagerSettings>& section_of(const AlertmanagerSettings*) {
  static const auto keys = config::Section<AlertmanagerSettings>()
                               .key("urls", &AlertmanagerSettings::urls,
                                    "Every Alertmanager of the cluster; each gets every alert.",
                                    {.required = true, .min = 1, .max = 16})
                               .also(&AlertmanagerSettings::http, config::section<ReceiverHttp>());
  return keys;
}

Alertmanager::Alertmanager(HookUrl url, ReceiverHttp http)
    : url_(std::move(url)), http_(std::move(http)) {
  line = http_.line;
  timeout = http_.timeout;
}

std::expected<Prepared, std::string> Alertmanager::request(const Message& message) const {
  auto prepared = post_json(url_, http_, alertmanager_body(message));
  if (!prepared) return prepared;
  std::string& target = prepared->request.url.target;
  if (target.ends_with('/')) target.pop_back();
  target += "/api/v2/alerts";
  return prepared;
}

Receipt Alertmanager::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  if (receipt.outcome != DeliveryOutcome::refused) return receipt;
  const int status = response.status;
  if (status == 400 || status == 413 || status == 422)
    receipt.outcome = DeliveryOutcome::split;
  else if (status != 415)
    receipt.outcome = DeliveryOutcome::retry;
  return receipt;
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(AlertmanagerSettings settings) {
  std::vector<std::shared_ptr<const Receiver>> all;
  all.reserve(settings.urls.size());
  for (auto& url : settings.urls)
    all.push_back(std::make_shared<Alertmanager>(std::move(url), settings.http));
  return all;
}

}  // namespace sonde::notify
