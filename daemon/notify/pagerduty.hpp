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

// PagerDuty's Events API v2. One incident here is one incident there, however many alerts it has:
// it is triggered while an alert fires, and resolved with the last one. An alert without an
// incident is an incident itself.
class PagerDuty : public Receiver {
 public:
  explicit PagerDuty(PagerDutySettings settings);
  std::string place() const override { return settings_.url.place(); }
  std::string identity() const override;
  std::shared_ptr<const Receiver> pinned() const override;
  bool holds_incidents() const override { return true; }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Accepted only if the answer is JSON with "status":"success".
  Receipt judge(const net::Response& response) const override;
  Labels group_of(const Alert& alert) const override;

 private:
  std::expected<std::string, std::string> routing_key() const;

  PagerDutySettings settings_;
  std::optional<std::string> pinned_key_;
};

// The body of an event, at most 512 KB. Pure.
std::string pagerduty_body(const Message& message, std::string_view routing_key);

std::vector<std::shared_ptr<const Receiver>> make_receivers(PagerDutySettings settings);

}  // namespace sonde::notify
