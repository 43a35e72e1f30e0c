#include "daemon/core/change.hpp"

namespace sonde {

std::string key_of(const Check& check) {
  return check.kind + "/" + check.name + "/" + check.target;
}

}  // namespace sonde
