#include "daemon/store/settings.hpp"

namespace sonde::store {
namespace {
constexpr double hour = 3600, day = 24 * hour;
constexpr double bytes_per_megabyte = 1024.0 * 1024;
}  // namespace

const config::Section<RetentionSettings>& section_of(const RetentionSettings*) {
  static const auto keys =
      config::Section<RetentionSettings>()
          .key("age", &RetentionSettings::age,
               "How long failures and their transcripts are kept; other results a quarter of it. "
               "The counts of windows live as long as their window.",
               {.min = hour, .max = 3650 * day})
          .key("size", &RetentionSettings::size,
               "What the files may take together; above it the oldest results go first.",
               {.min = 16 * bytes_per_megabyte, .max = 1024 * 1024 * bytes_per_megabyte});
  return keys;
}

const config::Section<StorageSettings>& section_of(const StorageSettings*) {
  static const auto keys =
      config::Section<StorageSettings>()
          .key("path", &StorageSettings::path,
               "A directory of this daemon alone, on a local disk. Without it nothing survives a "
               "restart.",
               {.filled = true})
          .key("retention", &StorageSettings::retention, "What is kept, and how long.");
  return keys;
}

}  // namespace sonde::store
