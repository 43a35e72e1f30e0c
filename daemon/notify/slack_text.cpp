#include "daemon/notify/slack_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/message_text.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t section_max = 3000;  // of a text object
constexpr std::size_t shown_max = 40;      // alerts; with title and rest well below 50 blocks
constexpr std::size_t slack_summary_max = 1000;
constexpr std::size_t link_max = 400;
constexpr std::size_t acknowledged_max = 300;

std::string escape_all(std::string_view text) { return text::markup_escape(text, "&<>"); }

// " <https://...|runbook>", or nothing.
std::string link(std::string_view url, std::string_view text) {
  const bool plain = url.find_first_of("|<>\n ") == url.npos;
  const std::string escaped = escape_all(url);
  if (url.empty() || !plain || escaped.size() > link_max) return "";
  return fmt::format(" | <{}|{}>", escaped, text);
}

std::string section(const std::string& mrkdwn) {
  return fmt::format(R"({{"type":"section","text":{{"type":"mrkdwn","text":{},"verbatim":true}}}})",
                     text::json_quote(mrkdwn));
}

std::string title(const Message& message) {
  return fmt::format("*{}* {}{}", status_word(message), slack_escape(subject_of(message), 200),
                     counts_of(message));
}

std::string paragraph(const Alert& alert) {
  std::string text =
      fmt::format("*{}* ({}{}): {}\nsince {}", slack_escape(name_of(alert), 200),
                  name(alert.severity), alert.ended ? ", resolved" : "",
                  slack_escape(summary_of(alert), slack_summary_max), as_rfc3339(alert.starts));
  if (alert.ended) text += fmt::format(" until {}", as_rfc3339(*alert.ended));
  if (const std::string line = acknowledged_line(alert); !line.empty())
    text += "\n" + slack_escape(line, acknowledged_max);
  text += link(value_of(alert.annotations, "runbook_url"), "runbook");
  text += link(value_of(alert.annotations, "evidence_url"), "evidence");
  return text + link(alert.source_url, "alert");
}

}  // namespace

std::string slack_escape(std::string_view text, std::size_t bytes_max) {
  std::size_t kept = bytes_max;
  std::string escaped = escape_all(text::shorten(text, kept));
  while (escaped.size() > bytes_max) {
    kept = kept * 3 / 4;  // cut before escaping, to avoid a cut entity
    escaped = escape_all(text::shorten(text, kept));
  }
  return escaped;
}

std::string slack_body(const Message& message, std::string_view channel) {
  std::string blocks = section(title(message));
  const std::size_t count = std::min(message.alerts.size(), shown_max);
  for (std::size_t i = 0; i < count; ++i) blocks += "," + section(paragraph(message.alerts[i]));
  const std::size_t rest = message.alerts.size() - count;
  if (rest > 0) blocks += "," + section(fmt::format("and {} more", rest));
  const std::string fallback =
      title(message) + ": " + slack_escape(headline_of(message), slack_summary_max);
  std::string body =
      fmt::format(R"({{"text":{},"blocks":[{}])", text::json_quote(fallback), blocks);
  if (!channel.empty()) body += ",\"channel\":" + text::json_quote(channel);
  return body + "}";
}

static_assert(3 * link_max + slack_summary_max + acknowledged_max + 500 <= section_max);

}  // namespace sonde::notify
