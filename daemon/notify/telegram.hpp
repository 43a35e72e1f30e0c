#pragma once
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct TelegramSettings {
  SecretText bot_token;
  std::string chat_id;  // "-1001234567890", or "@channel"
  int thread_id = 0;    // a topic of a group; 0: none
  HookUrl url{.text = {.text = "https://api.telegram.org", .secret = {}}};
  ReceiverHttp http;
};
const config::Section<TelegramSettings>& section_of(const TelegramSettings*);

// A chat of Telegram, by the Bot API's sendMessage. The text is plain: no markup of an alert
// counts.
class Telegram : public HttpReceiver<Telegram, TelegramSettings> {
 public:
  explicit Telegram(TelegramSettings settings) : HttpReceiver(std::move(settings)) {}
  std::string place() const override;
  std::string identity() const override;
  static bool pin(TelegramSettings& settings) {
    return settings.bot_token.pin() && settings.url.pin();
  }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Accepted only with {"ok":true}; 429 says in `parameters.retry_after` how long to wait.
  Receipt judge(const net::Response& response) const override;
};

// The body of sendMessage; its text is at most 4,096 characters. Pure.
std::string telegram_body(const Message& message, const std::string& chat_id, int thread_id);

std::vector<std::shared_ptr<const Receiver>> make_receivers(TelegramSettings settings);

}  // namespace sonde::notify
