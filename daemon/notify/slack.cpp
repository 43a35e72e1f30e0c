#include "daemon/notify/slack.hpp"

#include "daemon/notify/slack_text.hpp"

namespace sonde::notify {

const config::Section<SlackSettings>& section_of(const SlackSettings*) {
  static const auto keys =
      config::Section<SlackSettings>()
          .key("url", &SlackSettings::url, "The URL of the incoming webhook, which is a secret.",
               {.required = true})
          .key("channel", &SlackSettings::channel,
               "Post there instead; only the older kind of webhook heeds it.")
          .also(&SlackSettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::expected<Prepared, std::string> Slack::request(const Message& message) const {
  return post_json(settings_.url, settings_.http, slack_body(message, settings_.channel));
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(SlackSettings settings) {
  return {std::make_shared<Slack>(std::move(settings))};
}

}  // namespace sonde::notify
