#pragma once
#include <memory>
#include <string>

#include "config/reader.hpp"
#include "probes/plan/kinds.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::plan {

// An entry of `probes:`, the file around it, and where its mistakes go.
struct PlanEntry {
  const PlanFile& file;
  const config::Value& root;  // the whole file, as written
  const config::Value::Entry& probe;
  config::Reader reader;
};

// Where and as whom the probe runs on a target, and as whom besides; null, and mistakes, if it
// cannot run there.
std::shared_ptr<const session::ProbeContext> make_site(const PlanEntry& plan, const Kind& kind,
                                                       const ParsedProbe& draft,
                                                       const std::string& target);

}  // namespace sonde::plan
