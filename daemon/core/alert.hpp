#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/codec.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

using Labels = std::map<std::string, std::string>;

enum class Severity : std::uint8_t { info, warning, critical };  // in rising order
std::span<const config::Named<Severity>> names_of(const Severity*);
std::string_view name(Severity severity);

// An alert that fires, or has ended lately, as receivers are told of it. A value.
struct Alert {
  // Its identity: alertname, target, severity, and where it is about one check probe and kind, and
  // the rule's own labels. Never a value, an instance or a location.
  Labels labels;
  Labels annotations;  // summary, description, runbook_url, evidence_url; change while it fires
  Severity severity = Severity::critical;
  std::string target;  // as in labels; empty: of the daemon itself
  WallTime starts;     // when it began to fire
  std::optional<WallTime> ended;
  bool told = true;        // false: held back (inhibition, incident); receivers get no new page
  std::string group;       // of one incident: alerts with one group are told in one message
  std::string source_url;  // absolute; where the daemon shows it
  // A maintenance, or nobody knows whether it still holds: receivers that do not have it yet get it
  // in no message, and nothing is repeated because of it.
  bool muted = false;
  // The fingerprints of the alerts that hold it back. A receiver that is not sent one of them is
  // sent this alert by itself.
  std::vector<std::uint64_t> held_by = {};
  friend bool operator==(const Alert&, const Alert&) = default;
};

// The same for alerts with the same labels: FNV-1a over the sorted pairs, each part ended by 0xff,
// as Prometheus makes it (model.LabelSet.Fingerprint).
std::uint64_t fingerprint(const Labels& labels);

}  // namespace sonde
