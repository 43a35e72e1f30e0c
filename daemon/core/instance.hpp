#pragma once
#include <functional>
#include <string>

#include "daemon/core/view.hpp"

namespace sonde {

// Which of the daemons with the same file this one is.
struct Instance {
  std::string location;  // empty: the file or the command line says none
  Shard shard;
};

// Which checks are meant; an empty name: any.
struct CheckNames {
  std::string probe, kind, target;

  bool are_of(const Check& check) const {
    return (probe.empty() || probe == check.name) && (kind.empty() || kind == check.kind) &&
           (target.empty() || target == check.target);
  }
};

// Says who runs what the file has and this daemon does not run, such as "shard 2 of 3 does"; empty:
// the file has no check of these names. No function: there are no other shards.
using Elsewhere = std::function<std::string(const CheckNames&)>;

}  // namespace sonde
