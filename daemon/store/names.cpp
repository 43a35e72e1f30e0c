#include "daemon/store/names.hpp"

namespace sonde::store {
namespace {

std::int64_t stored(Database& database, std::string_view name) {
  Query known = database.query("SELECT id FROM names WHERE name = ?1");
  if (known.ask(name).next()) return known.number(0);
  database.query("INSERT INTO names (name) VALUES (?1)").run(name);
  return database.last_id();
}

}  // namespace

std::int64_t Names::id(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const std::int64_t id = stored(database_, name);
  known_.emplace(name, id);
  return id;
}

std::map<std::int64_t, std::string> names_in(Database& database) {
  std::map<std::int64_t, std::string> names;
  Query rows = database.query("SELECT id, name FROM names");
  rows.ask();
  while (rows.next()) names.emplace(rows.number(0), rows.text(1));
  return names;
}

}  // namespace sonde::store
