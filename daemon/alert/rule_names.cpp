#include "daemon/alert/rule_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "probes/text/ascii.hpp"

namespace sonde::alert {
namespace {

using config::Reader;
using config::Value;

constexpr std::array<std::string_view, 6> own_labels = {"alertname", "endpoint", "kind",
                                                        "probe",     "severity", "target"};
constexpr std::array<std::string_view, 4> own_annotations = {"description", "evidence_url",
                                                             "runbook_url", "summary"};
constexpr std::size_t count_max = 20;
constexpr std::size_t text_max = 1000;

// [a-zA-Z_][a-zA-Z0-9_]*, the label names of Prometheus.
bool is_name(std::string_view name) {
  return !name.empty() && !text::is_digit(name.front()) && std::ranges::all_of(name, text::is_word);
}

void vet_label(const std::string& name, const std::string& text,
               std::span<const std::string_view> own, const config::Place& place,
               const Reader& reader) {
  if (!is_name(name) || name.starts_with("__"))
    reader.wrong(place, "a name here is [a-zA-Z_][a-zA-Z0-9_]* and does not start with '__'");
  else if (std::ranges::find(own, name) != own.end())
    reader.wrong(place, "is set by the daemon; choose another name");
  else if (text.empty() || text.size() > text_max)
    reader.wrong(place, fmt::format("a text of 1 to {} bytes is expected here", text_max));
}

void vet_labels(std::string_view key, const Labels& labels, std::span<const std::string_view> own,
                const Value::Entry& entry, const Reader& reader) {
  const Value* value = entry.value.find(key);
  if (value == nullptr) return;
  const Reader here = reader.at(key);
  if (labels.size() > count_max)
    here.wrong(value->place, fmt::format("at most {} are taken", count_max));
  for (const auto& [name, text] : labels)
    if (const Value* one = value->find(name)) vet_label(name, text, own, one->place, here.at(name));
}

bool is_address(std::string_view text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  const auto plain = [](char c) { return c > ' ' && c < 127; };
  return scheme && text.size() <= text_max && text.size() > std::string_view("https://").size() &&
         std::ranges::all_of(text, plain);
}

}  // namespace

void vet_rule_names(const RuleSettings& rule, const Value::Entry& entry, const Reader& reader) {
  if (!is_name(entry.name))
    reader.wrong(entry.place,
                 "the name of an alert is [a-zA-Z_][a-zA-Z0-9_]*, as Prometheus names it");
  vet_labels("labels", rule.labels, own_labels, entry, reader);
  vet_labels("annotations", rule.annotations, own_annotations, entry, reader);
  if (const Value* runbook = entry.value.find("runbook"); runbook && !is_address(rule.runbook))
    reader.at("runbook").wrong(runbook->place, "an address is expected here, https://...");
}

}  // namespace sonde::alert
