#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "config/section.hpp"
#include "probes/core/clock.hpp"

namespace sonde::store {

struct RetentionSettings {
  Span age = std::chrono::days(30);
  std::size_t size = 512UL * 1024 * 1024;  // of all files of the store together
  bool operator==(const RetentionSettings&) const = default;
};
const config::Section<RetentionSettings>& section_of(const RetentionSettings*);

// The key `storage`.
struct StorageSettings {
  std::string path;  // a directory; empty: nothing survives a restart
  RetentionSettings retention;
  // Of the runs of a check that pass, the transcript of one in this time is kept, besides those
  // before and after a failure.
  Span passed_every = std::chrono::hours(1);
  bool operator==(const StorageSettings&) const = default;
};
const config::Section<StorageSettings>& section_of(const StorageSettings*);

}  // namespace sonde::store
