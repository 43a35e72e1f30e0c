#include "daemon/notify/teams.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t card_max = 24UL * 1024;
constexpr std::size_t run_max = 1000;

// Text that is shown as it is; `style` is further members, each with a comma before it.
std::string run(std::string_view text, std::string_view style = "") {
  return fmt::format(R"({{"type":"TextRun","text":{}{}}})",
                     text::json_quote(text::shorten(text, run_max)), style);
}

std::string block(const std::string& runs) {
  return fmt::format(R"({{"type":"RichTextBlock","inlines":[{}]}})", runs);
}

std::string_view colour_of(bool fires, Severity severity) {
  if (!fires) return "good";
  return severity == Severity::info      ? "accent"
         : severity == Severity::warning ? "warning"
                                         : "attention";
}

// A link is a run of its own with an action; only http and https open.
std::string link_run(std::string_view label, const std::string& url) {
  return run(label,
             fmt::format(R"(,"selectAction":{{"type":"Action.OpenUrl","url":{}}},"underline":true)",
                         text::json_quote(url))) +
         "," + run("  ");
}

std::string blocks_of(const Alert& alert) {
  const std::string word =
      fmt::format(" ({}{}): ", name(alert.severity), alert.ended ? ", resolved" : "");
  std::string all = block(run(name_of(alert), R"(,"weight":"bolder")") + "," + run(word) + "," +
                          run(summary_of(alert)));
  std::string when = "since " + as_utc(alert.starts);
  if (alert.ended) when += " until " + as_utc(*alert.ended);
  if (const std::string line = acknowledged_line(alert); !line.empty()) when += ", " + line;
  std::string runs = run(when + "  ", R"(,"isSubtle":true)");
  for (const auto& [label, url] : links_of(alert))
    if (url.starts_with("https://") || url.starts_with("http://"))
      runs += "," + link_run(label, url);
  return all + "," + block(runs);
}

}  // namespace

const config::Section<TeamsSettings>& section_of(const TeamsSettings*) {
  static const auto keys =
      config::Section<TeamsSettings>()
          .key("url", &TeamsSettings::url,
               "The URL of the workflow's webhook trigger, which is a secret.", {.required = true})
          .also(&TeamsSettings::http, config::section<ReceiverHttp>());
  return keys;
}

std::string teams_body(const Message& message) {
  const std::string style = fmt::format(R"(,"weight":"bolder","size":"large","color":"{}")",
                                        colour_of(firing(message), severity_of(message)));
  std::string blocks = block(run(title_of(message, run_max), style));
  std::size_t shown = 0;
  for (const auto& alert : message.alerts) {
    const std::string next = "," + blocks_of(alert);
    if (blocks.size() + next.size() > card_max) break;
    blocks += next;
    ++shown;
  }
  if (const std::size_t rest = message.alerts.size() - shown; rest > 0)
    blocks += "," + block(run(fmt::format("and {} more", rest)));
  return fmt::format(
      R"({{"type":"message","attachments":[{{"contentType":)"
      R"("application/vnd.microsoft.card.adaptive","content":{{"type":"AdaptiveCard",)"
      R"("$schema":"http://adaptivecards.io/schemas/adaptive-card.json","version":"1.4",)"
      R"("msteams":{{"width":"Full"}},"body":[{}]}}}}]}})",
      blocks);
}

std::expected<Prepared, std::string> Teams::request(const Message& message) const {
  return post_json(settings_.url, settings_.http, teams_body(message));
}

Receipt Teams::judge(const net::Response& response) const {
  Receipt receipt = judge_answer(response);
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  constexpr std::string_view failed = "Webhook message delivery failed";
  if (response.body.contains(failed)) return not_delivered(response, "the answer says no");
  return receipt;
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(TeamsSettings settings) {
  return {std::make_shared<Teams>(std::move(settings))};
}

}  // namespace sonde::notify
