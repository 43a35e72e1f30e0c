#include "daemon/core/selector.hpp"

#include <algorithm>

namespace sonde {
namespace {

bool takes(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

}  // namespace

bool selects(const Selector& selector, const Check& check) {
  return takes(selector.probe, check.name) && takes(selector.kind, check.kind) &&
         takes(selector.target, check.target);
}

const config::Section<Selector>& section_of(const Selector*) {
  static const auto keys =
      config::Section<Selector>()
          .key("probe", &Selector::probe, "Only these probes.", {.filled = true})
          .key("kind", &Selector::kind, "Only these kinds of probes.", {.filled = true})
          .key("target", &Selector::target, "Only probes of these targets.", {.filled = true});
  return keys;
}

}  // namespace sonde
