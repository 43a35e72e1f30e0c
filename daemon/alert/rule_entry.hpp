#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "config/reader.hpp"
#include "daemon/alert/rule_settings.hpp"

namespace sonde::alert {

// Checks that the alert's name, labels, annotations and runbook are valid for Prometheus and for
// receivers; reports mistakes.
void vet_rule_names(const RuleSettings& rule, const config::Value::Entry& entry,
                    const config::Reader& reader);

// An entry of `alerts:` as written in the file, and the reader that collects its mistakes.
class RuleEntry {
 public:
  RuleEntry(const config::Value::Entry& entry, config::Reader reader)
      : entry_(entry), reader_(std::move(reader)) {}

  const config::Value::Entry& entry() const { return entry_; }
  const config::Reader& reader() const { return reader_; }
  const config::Value* find(std::string_view key) const { return entry_.value.find(key); }
  bool written(std::string_view key) const { return find(key) != nullptr; }
  // The place of a key, or of the entry if the key is not written.
  const config::Place& place(std::string_view key) const {
    return written(key) ? find(key)->place : entry_.place;
  }
  void wrong(std::string_view key, std::string text) const {
    reader_.at(key).wrong(place(key), std::move(text));
  }
  void warn(std::string_view key, std::string text) const {
    reader_.at(key).warn(place(key), std::move(text));
  }

 private:
  const config::Value::Entry& entry_;
  config::Reader reader_;
};

// Sets the default bound of the subject. Reports a bound that is missing, of the wrong kind, or
// whose clear bound is on the firing side.
void vet_bounds(RuleSettings& rule, const RuleEntry& entry);
// Reports windows that are too short or too long, and warns about windows with too few runs.
void vet_windows(const RuleSettings& rule, const RuleEntry& entry,
                 std::span<const std::shared_ptr<const Check>> checks);

}  // namespace sonde::alert
