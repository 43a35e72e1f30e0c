#pragma once
#include <memory>
#include <string>
#include <vector>

#include "probes/core/check.hpp"
#include "probes/text/time.hpp"

namespace sonde::test {

using Checks = std::vector<std::shared_ptr<const Check>>;

// A check that is only named.
inline std::shared_ptr<const Check> named_check(std::string name, std::string kind,
                                                std::string target) {
  auto check = std::make_shared<Check>();
  check->name = std::move(name);
  check->kind = std::move(kind);
  check->target = std::move(target);
  return check;
}

// "2026-12-01T02:00Z"; aborts on what is none.
inline WallTime utc(const std::string& text) {
  return text::parse_time(text).value().wall().value();
}

}  // namespace sonde::test
