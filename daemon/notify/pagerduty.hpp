#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct PagerDutySettings {
  config::Secret routing_key;
  HookUrl url{.text = {.text = "https://events.pagerduty.com/v2/enqueue", .secret = {}}};
  ReceiverHttp http;
};
const config::Section<PagerDutySettings>& section_of(const PagerDutySettings*);

// PagerDuty's Events API v2. An incident of ours is one of theirs, however many alerts it has: it
// is triggered while one fires, and resolved with the last. An alert of no incident is one itself.
class PagerDuty : public Receiver {
 public:
  explicit PagerDuty(PagerDutySettings settings);
  std::string place() const override { return settings_.url.place(); }
  std::string identity() const override;
  std::shared_ptr<const Receiver> pinned() const override;
  bool holds_incidents() const override { return true; }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Only JSON with "status":"success" is a yes.
  Receipt judge(const net::Response& response) const override;
  Labels group_of(const Alert& alert) const override;

 private:
  std::expected<std::string, std::string> routing_key() const;

  PagerDutySettings settings_;
  std::optional<std::string> pinned_key_;
};

// The body of an event; pure. At most 512 KB.
std::string pagerduty_body(const Message& message, std::string_view routing_key);

std::vector<std::shared_ptr<const Receiver>> make_receivers(PagerDutySettings settings);

}  // namespace sonde::notify
