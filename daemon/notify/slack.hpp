#pragma once
#include <memory>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct SlackSettings {
  config::Secret url;   // who knows it can post
  std::string channel;  // only the older kind of webhook heeds it; empty: the webhook's own
  ReceiverHttp http;
};
const config::Section<SlackSettings>& section_of(const SlackSettings*);

// A Slack incoming webhook. What alerts say is text there: it cannot make a link, nor call
// everybody in a channel.
class Slack : public Receiver {
 public:
  explicit Slack(SlackSettings settings);
  std::string place() const override { return url_.place(); }
  std::string identity() const override { return url_.digest(); }
  std::shared_ptr<const Receiver> pinned() const override;
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Slack says "ok"; compatible services {"ok":true}, {"success":true} or nothing.
  Receipt judge(const net::Response& response) const override { return judge_answer(response); }

 private:
  SlackSettings settings_;
  HookUrl url_;
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(SlackSettings settings);

}  // namespace sonde::notify
