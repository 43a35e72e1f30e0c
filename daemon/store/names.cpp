#include "daemon/store/names.hpp"

#include <chrono>

namespace sonde::store {
namespace {

std::int64_t stored(Database& database, std::string_view name) {
  Query known = database.query("SELECT id FROM names WHERE name = ?1");
  if (known.ask(name).next()) return known.number(0);
  database.query("INSERT INTO names (name) VALUES (?1)").run(name);
  return database.last_id();
}

}  // namespace

std::int64_t as_stored(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

WallTime as_wall(std::int64_t stored) { return WallTime(std::chrono::milliseconds(stored)); }

std::int64_t Names::id(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const std::int64_t id = stored(database_, name);
  known_.emplace(name, id);
  return id;
}

std::int64_t Names::id(Phase phase) {
  std::int64_t& known = phases_.at(static_cast<std::size_t>(phase));
  if (known == 0) known = id(name(phase));
  return known;
}

void NamesById::update(Database& database) {
  Query rows = database.query("SELECT id, name FROM names WHERE id > ?1 ORDER BY id");
  rows.ask(newest_);
  for (; rows.next(); newest_ = rows.number(0))
    names_.emplace_hint(names_.end(), rows.number(0), rows.text(1));
}

const std::string* NamesById::find(std::int64_t id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? nullptr : &found->second;
}

template <class Named>
std::optional<Named> NamesById::named(std::int64_t id,
                                      std::optional<Named> (*find)(std::string_view)) const {
  const std::string* name = this->find(id);
  return name == nullptr ? std::nullopt : find(*name);
}

std::optional<Verdict> NamesById::verdict(std::int64_t outcome, std::int64_t step,
                                          std::int64_t reason, std::int64_t concluded) const {
  const auto said = named(outcome, outcome_named);
  const auto where = named(step, step_named);
  const auto known = named(reason, reason_named);
  if (!said || !where || !known) return std::nullopt;
  Verdict verdict{.outcome = *said, .step = *where, .reason = *known, .detail = ""};
  verdict.concluded = named(concluded, reason_named).value_or(Reason::ok);
  return verdict;
}

}  // namespace sonde::store
