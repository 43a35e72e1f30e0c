#include "config/value.hpp"

namespace sonde::config {

const Value* Value::find(std::string_view name) const {
  for (const Entry& entry : entries)
    if (entry.name == name) return &entry.value;
  return nullptr;
}

}  // namespace sonde::config
