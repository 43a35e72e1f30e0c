#include "daemon/store/evidence.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "daemon/store/encoding.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {
namespace {

constexpr std::size_t rows_max = 500;

constexpr std::string_view columns =
    "SELECT id, check_id, ended, took_us, attempt, outcome, step, reason, detail,"
    " EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = id), concluded, proof FROM evidence ";
constexpr std::string_view page_of_all = "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
constexpr std::string_view page_of_check =
    "WHERE id < ?1 AND check_id = (SELECT id FROM names WHERE name = ?3) ORDER BY id DESC LIMIT ?2";
constexpr std::string_view proof_of_check =
    "WHERE id < ?1 AND check_id = (SELECT id FROM names WHERE name = ?2) AND proof = 1"
    " AND EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = id) ORDER BY id DESC LIMIT 1";

std::string select(std::string_view what) { return std::string(columns) + std::string(what); }

void take(const Query& row, const std::map<std::int64_t, std::string>& names,
          std::vector<EvidenceRow>& rows) {
  auto verdict = verdict_of(names, row.number(5), row.number(6), row.number(7));
  const auto check = names.find(row.number(1));
  if (!verdict || check == names.end()) return;  // a reason that this version does not know
  verdict->detail = row.text(8);
  verdict->concluded = concluded_of(names, row.number(10));
  rows.push_back({.id = row.number(0),
                  .check = check->second,
                  .ended = as_wall(row.number(2)),
                  .took = std::chrono::microseconds(row.number(3)),
                  .attempt = static_cast<int>(row.number(4)),
                  .verdict = std::move(*verdict),
                  .transcript = row.number(9) != 0,
                  .proof = row.number(11) != 0});
}

}  // namespace

std::vector<EvidenceRow> evidence(Database& database, const EvidenceQuery& query) {
  const std::int64_t before =
      query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
  const std::size_t limit = std::min(query.limit, rows_max);
  const auto names = names_in(database);
  std::vector<EvidenceRow> rows;
  Query asked = database.query(select(query.check.empty() ? page_of_all : page_of_check));
  if (query.check.empty())
    asked.ask(before, limit);
  else
    asked.ask(before, limit, query.check);
  while (asked.next()) take(asked, names, rows);
  const bool known = std::ranges::find(rows, true, &EvidenceRow::proof) != rows.end();
  if (!query.with_proof || known) return rows;
  Query proof = database.query(select(proof_of_check));
  proof.ask(rows.empty() ? before : rows.back().id, query.check);
  while (proof.next()) take(proof, names, rows);
  return rows;
}

std::string transcript(Database& database, std::int64_t id) {
  Query asked = database.query("SELECT json FROM transcripts WHERE evidence_id = ?1");
  return asked.ask(id).next() ? std::string(asked.text(0)) : std::string();
}

}  // namespace sonde::store
