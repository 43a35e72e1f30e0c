#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/check.hpp"
#include "probes/core/common.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/socket.hpp"

namespace sonde::plan {

// A probe as read, before it is bound to a target.
struct ParsedProbe {
  ProbeHeader heading;
  Common common;
  text::Needs needs;
  bool has_socket = false;
  std::string url;  // as written; empty: a mistake
  std::vector<std::string> events;
  std::vector<Step> steps;  // if they depend on the settings; empty: those of the kind
  std::vector<session::IdentityRef>
      others;  // additional users: ProbeContext::others, in this order
  // Reports what the probe cannot do on a target.
  std::function<void(const session::ProbeContext&, const config::Reader&, const config::Place&)>
      vet;
  std::function<std::unique_ptr<Probe>(std::shared_ptr<const session::ProbeContext>,
                                       session::Shared&)>
      make;
};

// The values that a probe's own keys override: `defaults:`, the socket that it names, and the
// dialects, of which it names one.
struct Defaults {
  Common common;
  const session::Socket* socket = nullptr;
  const dialect::DialectBook& dialects;
};

// A row of the table of kinds: everything that other components know about a kind.
struct Kind {
  std::string_view name;
  std::string_view help;
  std::vector<Step> steps;
  std::vector<std::string_view> run_names;  // names that its templates have only during a run
  std::optional<ParsedProbe> (*read)(const config::Value&, const config::Reader&, const Defaults&);
  config::Value (*schema)();
  std::vector<config::KeyRow> (*table)(const std::string& prefix);
};
std::span<const Kind> kinds();
const Kind* kind_named(std::string_view name);

}  // namespace sonde::plan
