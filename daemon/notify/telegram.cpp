#include "daemon/notify/telegram.hpp"

#include <fmt/format.h>

#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"

namespace sonde::notify {
namespace {

// 4,096 characters; a byte is never less than one UTF-16 unit.
constexpr std::size_t telegram_text_max = 4096;
constexpr std::size_t telegram_title_max = 300;
constexpr double asked_wait_max = 3600;  // seconds

}  // namespace

const config::Section<TelegramSettings>& section_of(const TelegramSettings*) {
  static const auto keys =
      config::Section<TelegramSettings>()
          .key("bot_token", &TelegramSettings::bot_token,
               "The token of the bot from @BotFather, which is a secret.", {.required = true})
          .key("chat_id", &TelegramSettings::chat_id,
               "The chat: its number in quotes, or @name of a public channel.",
               {.required = true, .filled = true})
          .key("thread_id", &TelegramSettings::thread_id, "The topic of a group; 0: none.",
               {.min = 0})
          .key("url", &TelegramSettings::url, "Where the Bot API is.")
          .also(&TelegramSettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::string telegram_body(const Message& message, const std::string& chat_id, int thread_id) {
  const std::string title = title_of(message, telegram_title_max);
  const std::string text =
      title + "\n\n" + text_of(message, telegram_text_max - telegram_title_max - 5);
  std::string body = fmt::format(R"({{"chat_id":{},"text":{},"disable_web_page_preview":true)",
                                 text::json_quote(chat_id), text::json_quote(text));
  if (thread_id > 0) body += fmt::format(R"(,"message_thread_id":{})", thread_id);
  return body + "}";
}

std::string Telegram::place() const { return settings_.url.place() + " chat " + settings_.chat_id; }

// Another bot does not know what this one has posted, but people who read the chat do.
std::string Telegram::identity() const {
  return short_digest(
      fmt::format("{}\n{}\n{}", settings_.url.place(), settings_.chat_id, settings_.thread_id));
}

std::expected<Prepared, std::string> Telegram::request(const Message& message) const {
  auto token = settings_.bot_token.reveal();
  if (!token) return std::unexpected("bot_token: " + token.error());
  auto prepared = post_json(settings_.url, settings_.http,
                            telegram_body(message, settings_.chat_id, settings_.thread_id));
  if (!prepared) return prepared;
  std::string& target = prepared->request.url.target;
  target = (target == "/" ? "" : target) + "/bot" + *token + "/sendMessage";
  prepared->secrets.push_back(std::move(*token));
  return prepared;
}

Receipt Telegram::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  const auto document = text::Document::parse_body(response.body);
  if (receipt.outcome == DeliveryOutcome::accepted) {
    const bool taken = document && document->root().member("ok").boolean() == true;
    return taken ? receipt : not_delivered(response, "it does not say \"ok\":true");
  }
  if (!document || receipt.wait) return receipt;
  const auto wait = document->root().member("parameters").member("retry_after").number();
  if (wait && *wait > 0)
    receipt.wait = std::chrono::duration_cast<Span>(
        std::chrono::duration<double>(std::min(*wait, asked_wait_max)));
  return receipt;
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(TelegramSettings settings) {
  return {std::make_shared<Telegram>(std::move(settings))};
}

}  // namespace sonde::notify
