#include "daemon/store/settings.hpp"

namespace sonde::store {
namespace {
constexpr double minute = 60, hour = 60 * minute, day = 24 * hour;
constexpr double bytes_per_megabyte = 1024.0 * 1024;
}  // namespace

const config::Section<RetentionSettings>& section_of(const RetentionSettings*) {
  static const auto keys =
      config::Section<RetentionSettings>()
          .key("age", &RetentionSettings::age,
               "How long failures are kept, with their transcripts and those of the runs right "
               "before "
               "and after them; other results and transcripts a quarter of it. The counts of "
               "windows live as long as their window.",
               {.min = hour, .max = 3650 * day})
          .key("size", &RetentionSettings::size,
               "What the files may take together; above it transcripts of passed runs go first, "
               "then "
               "the oldest results or failures, whichever take more than their part.",
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
          .key("retention", &StorageSettings::retention, "What is kept, and how long.")
          .key("passed_every", &StorageSettings::passed_every,
               "How often the transcript of a run that passed is kept, for each probe and target, "
               "besides those of all failures and of the runs right before and after them.",
               {.min = minute, .max = 30 * day});
  return keys;
}

}  // namespace sonde::store
