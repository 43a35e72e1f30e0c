#pragma once
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct PagerDutySettings {
  SecretText routing_key;
  HookUrl url{.text = {.text = "https://events.pagerduty.com/v2/enqueue", .secret = {}}};
  ReceiverHttp http;
};
const config::Section<PagerDutySettings>& section_of(const PagerDutySettings*);

// PagerDuty's Events API v2. One incident here is one incident there, however many alerts it has:
// it is triggered while an alert fires, and resolved with the last one. An alert without an
// incident is an incident itself.
class PagerDuty : public HttpReceiver<PagerDuty, PagerDutySettings> {
 public:
  explicit PagerDuty(PagerDutySettings settings) : HttpReceiver(std::move(settings)) {}
  std::string identity() const override;
  static bool pin(PagerDutySettings& settings) {
    return settings.routing_key.pin() && settings.url.pin();
  }
  bool holds_incidents() const override { return true; }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Accepted only if the answer is JSON with "status":"success".
  Receipt judge(const net::Response& response) const override;
};

// The body of an event, at most 512 KB. Pure.
std::string pagerduty_body(const Message& message, std::string_view routing_key);

std::vector<std::shared_ptr<const Receiver>> make_receivers(PagerDutySettings settings);

}  // namespace sonde::notify
