#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::plan {

// Reports that the name does not exist, with the nearest one of `known`; `reader` is the probe's,
// `otherwise` the place if the name has none.
void tell_unknown(const session::ConfigRef& ref, const std::vector<std::string_view>& known,
                  const config::Reader& reader, const config::Place& otherwise);

// The entry that `ref` names; if there is none, reports a mistake and returns null.
template <class T>
const T* find_named(const std::map<std::string, T>& all, const session::ConfigRef& ref,
                    const config::Reader& reader, const config::Place& otherwise) {
  if (auto found = all.find(ref.name); found != all.end()) return &found->second;
  std::vector<std::string_view> known;
  known.reserve(all.size());
  for (const auto& [name, value] : all) known.push_back(name);
  tell_unknown(ref, known, reader, otherwise);
  return nullptr;
}

// A name in a key of a probe, or if that is missing in the defaults of `root`.
session::ConfigRef say(const config::Value& root, const config::Value& probe, std::string_view key,
                       std::string name);

// Reports every name in a probe that the file does not define: its socket, targets, login and
// identity, whatever else is wrong with the probe.
void tell_unknown_names(const PlanFile& file, const config::Value::Entry& probe,
                        const config::Reader& reader);

}  // namespace sonde::plan
