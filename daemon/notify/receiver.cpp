#include "daemon/notify/receiver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "probes/auth/lockout.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t body_shown_max = 200;

std::optional<Span> wait_of(const net::Response& response) {
  const std::string* field = response.header("retry-after");
  const std::string* date = response.header("date");
  if (field == nullptr) return std::nullopt;
  return auth::retry_after(*field, date != nullptr ? *date : "");
}

std::string describe(const net::Response& response) {
  if (response.body.empty()) return fmt::format("HTTP {}", response.status);
  return fmt::format("HTTP {}: {}", response.status, text::shorten(response.body, body_shown_max));
}

// The body without byte order mark. For UTF-16 only its ASCII characters, which is sufficient to
// recognize the kind of text.
std::string plain(std::string_view body) {
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  std::string all(body);
  if (body.starts_with("\xff\xfe") || body.starts_with("\xfe\xff")) all.erase(0, 2);
  std::erase(all, '\0');
  return all;
}

// Decides by the first characters, because Slack sends its "ok" as text/html.
bool is_page(std::string_view body) {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && body[begin] == '<';
}

// "error", "unauthorized", "not_found", "Rejected by policy".
bool is_no(std::string_view word) {
  constexpr std::array<std::string_view, 20> parts = {
      "error",   "fail",      "unauth",    "forbid",    "denied",   "reject",     "refus",
      "invalid", "expired",   "not found", "not_found", "notfound", "missing",    "unavailable",
      "timeout", "timed out", "disabled",  "blocked",   "unknown",  "bad request"};
  // A sentence may name what did not happen: "processed with 0 errors".
  constexpr std::ptrdiff_t words_max = 3;
  if (std::ranges::count(word, ' ') >= words_max) return false;
  std::string lower;
  std::ranges::transform(word, std::back_inserter(lower), text::lower);
  return lower == "false" || lower == "no" || lower == "0" ||
         std::ranges::any_of(parts, [&](std::string_view part) { return lower.contains(part); });
}

// Whether a member means yes or no; nullopt: neither.
std::optional<bool> says_yes(text::Json member) {
  if (const auto yes = member.boolean()) return yes;
  if (const auto word = member.string()) return !is_no(*word);
  return std::nullopt;
}

// A member with an HTTP status that differs from the real one.
bool is_error_status(text::Json member) {
  const auto number = member.number();
  return number && *number >= 400 && *number < 600;
}

// {"ok":false}, {"success":"false"}, {"status":"unauthorized"}, {"code":401},
// {"error":"channel_not_found"}, {"errors":["..."]}, {"errcode":93000}, false, and [{"ok":false}].
bool says_no(std::string_view body) {
  const auto document = text::Document::parse_body(body);
  if (!document) return false;
  text::Json root = document->root();
  if (root.kind() == text::Json::Kind::array) root = root.item(0);
  if (root.kind() == text::Json::Kind::boolean) return !*root.boolean();
  for (const char* name : {"ok", "success"})
    if (const auto yes = says_yes(root.member(name))) return !*yes;
  for (const char* name : {"status", "code", "statusCode", "status_code"})
    if (is_error_status(root.member(name))) return true;
  if (const auto code = root.member("errcode").number(); code && *code != 0) return true;
  if (root.member("errors").size() > 0) return true;
  for (const char* name : {"status", "result"})
    if (const auto yes = says_yes(root.member(name))) return !*yes;
  const text::Json error = root.member("error");
  return error && error.kind() != text::Json::Kind::null && error.text() != "" &&
         error.boolean() != false;
}

}  // namespace

bool firing(const Message& message) {
  return std::ranges::any_of(message.alerts, [](const Alert& alert) { return !alert.ended; });
}

std::span<const config::Named<DeliveryError>> names_of(const DeliveryError*) {
  static constexpr std::array<config::Named<DeliveryError>, 7> names = {
      {{"none", DeliveryError::none},
       {"timeout", DeliveryError::timeout},
       {"network", DeliveryError::network},
       {"rate_limited", DeliveryError::rate_limited},
       {"server_error", DeliveryError::server_error},
       {"refused", DeliveryError::refused},
       {"own", DeliveryError::own}}};
  return names;
}

std::string_view name(DeliveryError trouble) {
  return names_of(&trouble)[static_cast<std::size_t>(trouble)].first;
}

Receipt judge_status(const net::Response& response) {
  Receipt receipt{.detail = describe(response), .wait = {}};
  if (response.status >= 200 && response.status < 300) return receipt;
  receipt.outcome = DeliveryOutcome::retry;
  receipt.wait = wait_of(response);
  if (response.status == 429) {
    receipt.trouble = DeliveryError::rate_limited;
  } else if (response.status >= 500) {
    receipt.trouble = DeliveryError::server_error;
  } else {
    receipt.trouble = DeliveryError::refused;
    receipt.outcome = DeliveryOutcome::refused;
  }
  return receipt;
}

Receipt not_delivered(const net::Response& response, std::string_view why) {
  return {.outcome = DeliveryOutcome::retry,
          .trouble = DeliveryError::refused,
          .detail = fmt::format("not delivered, {}: {}", why, describe(response)),
          .wait = wait_of(response)};
}

Receipt judge_answer(const net::Response& response) {
  Receipt receipt = judge_status(response);
  if (receipt.outcome != DeliveryOutcome::accepted) return receipt;
  const std::string body = plain(response.body);
  if (is_page(body)) return not_delivered(response, "a web page answered");
  if (says_no(body)) return not_delivered(response, "the answer says no");
  return receipt;
}

Receipt Receiver::judge(const net::Response& response) const { return judge_status(response); }

Labels Receiver::group_of(const Alert& alert) const {
  if (holds_incidents() && alert.group.empty()) return alert.labels;
  Labels group;
  if (!alert.group.empty()) group["incident"] = alert.group;
  if (!alert.target.empty()) group["target"] = alert.target;
  if (!group.empty()) return group;
  const auto named = alert.labels.find("alertname");
  if (named != alert.labels.end()) group.insert(*named);
  return group;
}

}  // namespace sonde::notify
