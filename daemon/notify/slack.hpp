#pragma once
#include <memory>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct SlackSettings {
  config::Secret url;   // secret: it is sufficient to post messages
  std::string channel;  // only legacy webhooks use it; empty: the webhook's own channel
  ReceiverHttp http;
};
const config::Section<SlackSettings>& section_of(const SlackSettings*);

// A Slack incoming webhook. Texts of alerts are escaped: they cannot create a link or mention a
// whole channel.
class Slack : public Receiver {
 public:
  explicit Slack(SlackSettings settings);
  std::string place() const override { return url_.place(); }
  std::string identity() const override { return url_.digest(); }
  std::shared_ptr<const Receiver> pinned() const override;
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Slack answers "ok"; compatible services answer {"ok":true}, {"success":true} or nothing.
  Receipt judge(const net::Response& response) const override { return judge_answer(response); }

 private:
  SlackSettings settings_;
  HookUrl url_;
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(SlackSettings settings);

}  // namespace sonde::notify
