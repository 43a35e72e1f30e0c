#pragma once
#include <memory>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct WebhookSettings {
  HookUrl url;
  ReceiverHttp http;
};
const config::Section<WebhookSettings>& section_of(const WebhookSettings*);

// A service that accepts Alertmanager's webhook: the same body, version 4. At most 256 alerts in a
// message; `truncatedAlerts` counts the rest.
class Webhook : public Receiver {
 public:
  explicit Webhook(WebhookSettings settings);
  std::string place() const override { return settings_.url.place(); }
  std::string identity() const override { return settings_.url.digest(); }
  std::shared_ptr<const Receiver> pinned() const override;
  std::expected<Prepared, std::string> request(const Message& message) const override;

 private:
  WebhookSettings settings_;
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(WebhookSettings settings);

}  // namespace sonde::notify
