#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probes/core/check.hpp"
#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/session/session.hpp"

namespace sonde::session {

// The parts of a kind's settings that every kind reads and checks in the same way.
struct KindParts {
  ProbeHeader& heading;
  Common& common;
  SessionSettings* session = nullptr;   // null: it uses no WebSocket
  bool socket_optional = false;         // without an address it uses none
  const text::Template* url = nullptr;  // of a kind without a session
};

// The usual hook `make`: a probe that is constructed from these three.
template <class Made, class Settings>
std::unique_ptr<Probe> make_probe(std::shared_ptr<const Settings> settings,
                                  std::shared_ptr<const ProbeContext> site, Shared& shared) {
  return std::make_unique<Made>(std::move(settings), std::move(site), shared);
}

// Everything that a kind of probe gives to the code that reads probes from the file, besides its
// row in probes/plan/kinds.cpp and the keys of its section. Each kind has a function
// `hooks_of(const Settings*)`. A hook that may be null says what null means.
template <class Settings>
struct KindHooks {
  KindParts (*parts)(Settings& settings);
  // Adds the names that its templates need.
  void (*add_needs)(const Settings& settings, text::Needs& needs);
  // Makes the probe of a target; it has to keep the settings alive.
  std::unique_ptr<Probe> (*make)(std::shared_ptr<const Settings> settings,
                                 std::shared_ptr<const ProbeContext> site, Shared& shared);
  // Reads the keys, and reports those that do not fit together; false: there is a mistake. Null:
  // the keys of the section are all.
  bool (*read)(const config::Value& value, const config::Reader& reader, Settings& out) = nullptr;
  // The steps at which it can fail. Null: those of the kind's row.
  std::vector<Step> (*steps)(const Settings& settings) = nullptr;
  // The canonical names of the events that it counts. Null: none.
  std::vector<std::string> (*events)(const Settings& settings) = nullptr;
  // Its users besides `as`, in the order of ProbeContext::others. Null: none.
  std::vector<IdentityRef> (*others)(const Settings& settings) = nullptr;
  // Reports what it cannot do on a target. Null: nothing.
  void (*vet)(const Settings& settings, const ProbeContext& site, const config::Reader& reader,
              const config::Place& place) = nullptr;
};

}  // namespace sonde::session
