#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::plan {

// Tells that there is no such thing, and which of `known` was probably meant; `reader` is the
// probe's, `otherwise` the place if the name has none.
void tell_unknown(const session::ConfigRef& said, const std::vector<std::string_view>& known,
                  const config::Reader& reader, const config::Place& otherwise);

// What `said` names elsewhere in the file; null, and a mistake, if there is no such thing.
template <class T>
const T* find_named(const std::map<std::string, T>& all, const session::ConfigRef& said,
                    const config::Reader& reader, const config::Place& otherwise) {
  if (auto found = all.find(said.name); found != all.end()) return &found->second;
  std::vector<std::string_view> known;
  known.reserve(all.size());
  for (const auto& [name, value] : all) known.push_back(name);
  tell_unknown(said, known, reader, otherwise);
  return nullptr;
}

// A name that the key of a probe says, or for want of it the defaults of `root`.
session::ConfigRef say(const config::Value& root, const config::Value& probe, std::string_view key,
                       std::string name);

// Tells each thing that a probe itself names and the file does not have: its socket, targets, login
// and identity, whatever else is wrong with it.
void tell_unknown_names(const PlanFile& file, const config::Value::Entry& probe,
                        const config::Reader& reader);

}  // namespace sonde::plan
