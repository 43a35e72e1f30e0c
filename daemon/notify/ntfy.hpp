#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct NtfySettings {
  HookUrl url{.text = {.text = "https://ntfy.sh", .secret = {}}};
  PlainOrSecret topic;   // whoever knows the name of a public topic can read it
  config::Secret token;  // an access token; empty: none
  ReceiverHttp http;
};
const config::Section<NtfySettings>& section_of(const NtfySettings*);

// A topic of ntfy, by its JSON publishing.
class Ntfy : public HttpReceiver<Ntfy, NtfySettings> {
 public:
  explicit Ntfy(NtfySettings settings) : HttpReceiver(std::move(settings)) {}
  std::string place() const override;
  std::string identity() const override;
  static bool pin(NtfySettings& settings) { return settings.topic.pin() && settings.url.pin(); }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // Accepted only with the id of the published message.
  Receipt judge(const net::Response& response) const override;
};

// The body; its text is at most 4,000 bytes, above which ntfy makes an attachment. Pure.
std::string ntfy_body(const Message& message, std::string_view topic);

std::vector<std::shared_ptr<const Receiver>> make_receivers(NtfySettings settings);

}  // namespace sonde::notify
