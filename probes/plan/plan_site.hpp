#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "probes/plan/kinds.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::plan {

// An entry of `probes:`, the file that contains it, and the reader that collects its mistakes.
struct PlanEntry {
  const PlanFile& file;
  const config::Value& root;  // the whole file, as written
  const config::Value::Entry& probe;
  config::Reader reader;
};

// Reports what is wrong with the values of the targets and identities themselves: addresses that
// are none, and templates, which are not rendered there.
void vet_targets(const config::Value& root, const config::Reader& reader);

// The contexts that are made for all probes of a file, users besides `as` included.
using Sites = std::vector<std::shared_ptr<session::ProbeContext>>;

// Makes the context in which the probe runs on a target, with its additional users, and adds all of
// them to `made`. If it cannot run there, reports mistakes and returns null.
std::shared_ptr<const session::ProbeContext> make_site(const PlanEntry& plan, const Kind& kind,
                                                       const ParsedProbe& parsed,
                                                       const std::string& target, Sites& made);

}  // namespace sonde::plan
