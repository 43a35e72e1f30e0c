#pragma once
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/run_record.hpp"

namespace sonde::store {

// Answers about recorded runs from the file of a store (`storage.path`), also while a daemon uses
// it; changes nothing. The error says why it cannot be read.
std::expected<std::vector<RunRow>, std::string> read_runs(const std::filesystem::path& directory,
                                                          const RunQuery& query);
// nullopt: there is no such run.
std::expected<std::optional<RunTranscript>, std::string> read_run(
    const std::filesystem::path& directory, std::string_view id);

}  // namespace sonde::store
