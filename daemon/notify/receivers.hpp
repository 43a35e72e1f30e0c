#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "daemon/notify/group.hpp"
#include "daemon/notify/receiver.hpp"
#include "probes/core/check.hpp"

namespace sonde::notify {

// Which alerts a receiver gets: each list has to contain the alert's value; an empty list matches
// all.
struct When {
  std::vector<std::string> target, alert;
  std::vector<Severity> severity;
};
const config::Section<When>& section_of(const When*);
bool matches(const When& when, const Alert& alert);

// Keys that every entry of `receivers:` may have besides its kind.
struct Routing {
  When when;
  Grouping grouping;  // not used by receivers that group by themselves
};
const config::Section<Routing>& section_of(const Routing*);

// One entry of `receivers:`. Immutable; shared with the queues that deliver to it.
struct ReceiverEntry {
  std::string name;
  Routing routing;
  // destinations, at least one; each is delivered to separately
  std::vector<std::shared_ptr<const Receiver>> places;
};
struct ReceiverEntries {
  std::vector<ReceiverEntry> all;  // in the order of the file
};

// Reports headers of a receiver or the heartbeat that no request can carry. `request` is its
// configuration as written.
void vet_headers(const config::Value& request, const config::Reader& reader);

// Reports names in `when` that do not exist: a target without probes, an alert that is not in
// `alerts`. `receivers` is the configuration as written, `reader` its reader.
void vet_receivers(const std::vector<ReceiverEntry>& entries,
                   std::span<const std::shared_ptr<const Check>> checks,
                   const std::vector<std::string>& alerts, const config::Value& receivers,
                   const config::Reader& reader);

// A row of the table of receiver kinds; each kind has one header, one source and one row.
struct ReceiverKind {
  std::string_view name;
  std::string_view help;
  // Empty: mistakes were reported.
  std::vector<std::shared_ptr<const Receiver>> (*read)(const config::Value&, const config::Reader&);
  config::Value (*schema)();
  std::vector<config::KeyRow> (*table)(const std::string& prefix);
};
std::span<const ReceiverKind> receiver_kinds();

}  // namespace sonde::notify

namespace sonde::config {

// An entry has exactly one key that names its kind.
template <>
struct Codec<notify::ReceiverEntries> {
  static bool read(const Value&, const Reader&, const Rule&, notify::ReceiverEntries& out);
  static Value schema(const Rule&);
  static std::string show(const notify::ReceiverEntries&) { return ""; }
};

template <>
struct Rows<notify::ReceiverEntries> {
  static std::vector<KeyRow> below(const std::string& prefix, const notify::ReceiverEntries&);
};

}  // namespace sonde::config
