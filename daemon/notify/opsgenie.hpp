#pragma once
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct OpsgenieSettings {
  SecretText api_key;
  HookUrl url{.text = {.text = "https://api.opsgenie.com", .secret = {}}};
  std::vector<std::string> tags;
  ReceiverHttp http;
};
const config::Section<OpsgenieSettings>& section_of(const OpsgenieSettings*);

// Opsgenie's Alert API v2, which Jira Service Management serves as well. One incident here is one
// alert there, by its alias: it is created while an alert fires, and closed with the last one.
class Opsgenie : public HttpReceiver<Opsgenie, OpsgenieSettings> {
 public:
  explicit Opsgenie(OpsgenieSettings settings) : HttpReceiver(std::move(settings)) {}
  std::string identity() const override;
  static bool pin(OpsgenieSettings& settings) {
    return settings.api_key.pin() && settings.url.pin();
  }
  bool holds_incidents() const override { return true; }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Accepted only if the answer is 202 with a request id. 404 to a close means that there is no
  // alert left to close.
  Receipt judge(const net::Response& response) const override;
};

// The body that creates an alert: message at most 130 characters, description at most 15,000. Pure.
std::string opsgenie_body(const Message& message, const std::vector<std::string>& tags);

std::vector<std::shared_ptr<const Receiver>> make_receivers(OpsgenieSettings settings);

}  // namespace sonde::notify
