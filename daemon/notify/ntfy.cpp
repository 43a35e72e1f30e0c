#include "daemon/notify/ntfy.hpp"

#include <fmt/format.h>

#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t ntfy_text_max = 4000;
constexpr std::size_t ntfy_title_max = 250;
constexpr std::size_t actions_max = 3;

// 5 wakes a phone that is set to silent.
int ntfy_priority(const Message& message) {
  if (!firing(message)) return 3;
  switch (severity_of(message)) {
    case Severity::critical:
      return 5;
    case Severity::warning:
      return 4;
    case Severity::info:
      return 3;
  }
  return 3;
}

std::string actions_of(const Alert& alert) {
  std::string all;
  std::size_t count = 0;
  for (const auto& [label, url] : links_of(alert)) {
    if (count++ == actions_max) break;
    all += fmt::format(R"({}{{"action":"view","label":"{}","url":{}}})", all.empty() ? "" : ",",
                       label, text::json_quote(url));
  }
  return all;
}

}  // namespace

const config::Section<NtfySettings>& section_of(const NtfySettings*) {
  static const auto keys =
      config::Section<NtfySettings>()
          .key("url", &NtfySettings::url, "The server.")
          .key("topic", &NtfySettings::topic,
               "The topic; a secret, where its name alone admits readers.", {.required = true})
          .key("token", &NtfySettings::token, "An access token, which is a secret.")
          .also(&NtfySettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::string ntfy_body(const Message& message, std::string_view topic) {
  const bool fires = firing(message);
  return fmt::format(
      R"({{"topic":{},"title":{},"message":{},"priority":{},"tags":["{}"],"actions":[{}]}})",
      text::json_quote(topic), text::json_quote(title_of(message, ntfy_title_max)),
      text::json_quote(text_of(message, ntfy_text_max)), ntfy_priority(message),
      fires ? "rotating_light" : "white_check_mark", actions_of(message.alerts.front()));
}

std::string Ntfy::place() const {
  const PlainOrSecret& topic = settings_.topic;
  return settings_.url.place() + " topic " +
         (topic.secret.empty() ? topic.text : topic.secret.describe());
}

std::string Ntfy::identity() const {
  const auto topic = settings_.topic.reveal();
  const std::string server = settings_.url.digest();
  return topic && !server.empty() ? short_digest(server + "\n" + *topic) : "";
}

std::expected<Prepared, std::string> Ntfy::request(const Message& message) const {
  auto topic = settings_.topic.reveal();
  if (!topic) return std::unexpected("topic: " + topic.error());
  auto prepared = post_json(settings_.url, settings_.http, ntfy_body(message, *topic));
  if (!prepared) return prepared;
  if (!settings_.topic.secret.empty()) prepared->secrets.push_back(std::move(*topic));
  if (settings_.token.empty()) return prepared;
  auto token = settings_.token.reveal();
  if (!token) return std::unexpected("token: " + token.error());
  prepared->request.headers.emplace_back("Authorization", "Bearer " + *token);
  prepared->secrets.push_back(std::move(*token));
  return prepared;
}

Receipt Ntfy::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  const auto document = text::Document::parse_body(response.body);
  const bool taken = document && document->root().member("id").string().has_value();
  return taken ? receipt : not_delivered(response, "it has no \"id\" of a message");
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(NtfySettings settings) {
  return {std::make_shared<Ntfy>(std::move(settings))};
}

}  // namespace sonde::notify
