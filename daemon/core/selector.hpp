#pragma once
#include <string>
#include <vector>

#include "config/section.hpp"
#include "daemon/core/result.hpp"

namespace sonde {

// Which checks an entry of the configuration applies to (`where`, `when`).
struct Selector {
  std::vector<std::string> probe, kind, target;  // any value of the list; an empty list matches all
};
bool selects(const Selector& selector, const Check& check);
const config::Section<Selector>& section_of(const Selector*);

}  // namespace sonde
