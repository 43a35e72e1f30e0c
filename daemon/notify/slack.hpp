#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct SlackSettings {
  SecretUrl url;        // secret: it is sufficient to post messages
  std::string channel;  // only legacy webhooks use it; empty: the webhook's own channel
  ReceiverHttp http;
};
const config::Section<SlackSettings>& section_of(const SlackSettings*);

// A Slack incoming webhook. Texts of alerts are escaped: they cannot create a link or mention a
// whole channel.
class Slack : public HttpReceiver<Slack, SlackSettings> {
 public:
  explicit Slack(SlackSettings settings) : HttpReceiver(std::move(settings)) {}
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Slack answers "ok"; compatible services answer {"ok":true}, {"success":true} or nothing.
  Receipt judge(const net::Response& response) const override { return judge_answer(response); }
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(SlackSettings settings);

}  // namespace sonde::notify
