#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"
#include "daemon/notify/message_body.hpp"
#include "probes/text/match.hpp"

namespace sonde::notify {

// `accepted:` of a webhook: the answers with which the service says that it has the message.
struct AcceptedAnswer {
  std::vector<int> status;  // empty: every 2xx
  text::Comparisons json;   // empty: what the body says is judged as for other services
};
const config::Section<AcceptedAnswer>& section_of(const AcceptedAnswer*);

struct WebhookSettings {
  HookUrl url;
  MessageBody body;  // empty: Alertmanager's
  std::string content_type = "application/json";
  std::string method = "POST";
  std::map<std::string, config::Secret> secrets;  // for the body, as `{{secrets.NAME}}`
  AcceptedAnswer accepted;
  ReceiverHttp http;
};
const config::Section<WebhookSettings>& section_of(const WebhookSettings*);

// A service that accepts Alertmanager's webhook: the same body, version 4. At most 256 alerts in a
// message; `truncatedAlerts` counts the rest. Or any other service, with a body of its own.
class Webhook : public HttpReceiver<Webhook, WebhookSettings> {
 public:
  explicit Webhook(WebhookSettings settings) : HttpReceiver(std::move(settings)) {}
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // By `accepted`; without it by the status alone, or with a body of its own also by what the
  // answer says.
  Receipt judge(const net::Response& response) const override;
};

// Reports a content type that no header can carry, a status that no answer has, and `secrets.NAME`
// in a body without such a secret.
bool vet(const WebhookSettings& settings, const config::Value& value, const config::Reader& reader);

std::vector<std::shared_ptr<const Receiver>> make_receivers(WebhookSettings settings);

}  // namespace sonde::notify
