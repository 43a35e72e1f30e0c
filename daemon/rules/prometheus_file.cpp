#include "daemon/rules/prometheus_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "probes/text/ascii.hpp"
#include "probes/text/code_points.hpp"
#include "probes/text/printable.hpp"

namespace sonde::rules {
namespace {

// One character within double quotes. Escapes what YAML does not allow, and what would mislead a
// reader (YAML 1.2.2 section 5.7). Different from JSON, because YAML has no surrogate pairs.
std::string quoted(const text::Rune& rune, std::string_view bytes) {
  if (!rune.code) return "\\ufffd";
  const char32_t code = *rune.code;
  if (code == '"' || code == '\\') return "\\" + std::string(bytes);
  if (code == '\n') return "\\n";
  if (!text::deceives(code) && code != 0xFFFE && code != 0xFFFF) return std::string(bytes);
  const auto number = static_cast<std::uint32_t>(code);
  return code <= 0xFFFF ? fmt::format("\\u{:04x}", number) : fmt::format("\\U{:08x}", number);
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const text::Rune rune = text::first_rune(text);
    out += quoted(rune, text.substr(0, rune.bytes));
    text.remove_prefix(rune.bytes);
  }
  return out + "\"";
}

// A word that YAML reads as a text: not as a number, and not as true, off or null.
bool plain(std::string_view text) {
  static constexpr std::string_view special[] = {"y",   "n",    "yes",   "no",  "on",
                                                 "off", "true", "false", "null"};
  const std::string low = text::lowered(text);
  return !text.empty() && text::is_letter(text.front()) &&
         std::ranges::all_of(text, text::is_word) &&
         std::ranges::find(special, low) == std::end(special);
}

// Any text as a scalar on one line.
std::string scalar(std::string_view text) {
  if (plain(text)) return std::string(text);
  const bool printable = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!printable) return double_quoted(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string pairs(std::string_view key, const Labels& labels) {
  if (labels.empty()) return "";
  std::string out = fmt::format("        {}:\n", key);
  for (const auto& [name, value] : labels)
    out += fmt::format("          {}: {}\n", name, scalar(value));
  return out;
}

std::string span_line(std::string_view key, Span span) {
  return span > Span{} ? fmt::format("        {}: {}\n", key, prometheus_duration(span)) : "";
}

std::string expression(std::string_view expr) {
  if (!expr.contains('\n')) return fmt::format("        expr: {}\n", scalar(expr));
  std::string out = "        expr: |\n          ";
  for (const char c : expr) {
    out += c;
    if (c == '\n') out += "          ";
  }
  return out + "\n";
}

std::string rule_text(const PrometheusRule& rule) {
  std::string out = rule.record.empty() ? fmt::format("      - alert: {}\n", scalar(rule.alert))
                                        : fmt::format("      - record: {}\n", rule.record);
  out += expression(rule.expr);
  out += span_line("for", rule.hold);
  out += span_line("keep_firing_for", rule.keep_firing_for);
  out += pairs("labels", rule.labels);
  out += pairs("annotations", rule.annotations);
  return out;
}

}  // namespace

std::string prometheus_duration(Span span) {
  struct Unit {
    std::string_view name;
    Span length;
  };
  using namespace std::chrono_literals;
  static constexpr Unit units[] = {{"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}};
  std::string out;
  for (const auto& [name, length] : units) {
    if (span >= length) out += fmt::format("{}{}", span / length, name);
    span %= length;
  }
  return out.empty() ? "0s" : out;
}

std::string to_yaml(std::span<const PrometheusGroup> groups) {
  std::string out = "groups:\n";
  for (const auto& group : groups) {
    if (group.rules.empty()) continue;
    out += fmt::format("  - name: {}\n    interval: {}\n    rules:\n", group.name,
                       prometheus_duration(prometheus_interval));
    for (const auto& rule : group.rules) out += rule_text(rule);
  }
  return out;
}

}  // namespace sonde::rules
