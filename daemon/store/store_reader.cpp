#include "daemon/store/store_reader.hpp"

#include <fmt/format.h>

#include "daemon/store/run_queries.hpp"
#include "daemon/store/schema.hpp"

namespace sonde::store {
namespace {

constexpr std::size_t wal_unused = 1024 * 1024;

template <class Answer, class Read>
std::expected<Answer, std::string> read_file(const std::filesystem::path& directory, Read read) {
  const std::filesystem::path file = directory / "sonde.db";
  Database database(file, wal_unused, Database::Use::read);
  const auto version = database.number("PRAGMA user_version");
  if (database.good() && version != std::ssize(schema_steps()))
    database.fail({Fault::Kind::foreign,
                   fmt::format("it is of version {}, and this sonde reads {}; the daemon brings an "
                               "older file up to date when it starts",
                               version, schema_steps().size())});
  const NamesById names(database);
  Answer answer = read(database, names);
  if (const auto fault = database.take_fault())
    return std::unexpected(fmt::format("{}: {}", file.string(), fault->text));
  return answer;
}

}  // namespace

std::expected<std::vector<RunRow>, std::string> read_runs(const std::filesystem::path& directory,
                                                          const RunQuery& query) {
  return read_file<std::vector<RunRow>>(directory, [&](Database& database, const NamesById& names) {
    return select_runs(database, names, query);
  });
}

std::expected<std::optional<RunTranscript>, std::string> read_run(
    const std::filesystem::path& directory, std::string_view id) {
  return read_file<std::optional<RunTranscript>>(
      directory,
      [&](Database& database, const NamesById& names) { return find_run(database, names, id); });
}

}  // namespace sonde::store
