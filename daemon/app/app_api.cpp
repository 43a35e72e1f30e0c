#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/app/app_parts.hpp"
#include "daemon/app/evidence_page.hpp"

namespace sonde::app {
namespace {

constexpr std::size_t evidence_max = 20;

WallTime wall() { return std::chrono::system_clock::now(); }

}  // namespace

web::ApiHooks App::api() {
  return {
      .view = &judge,
      .alerts = [this] { return engine.facts(); },
      .rules = [this] { return engine.rule_facts(); },
      .maintenance = [this] { return maintenance.list(wall()); },
      .deploys = [this] { return deploys.list(); },
      .evidence = [this](const std::string& probe, const std::string& target,
                         web::ApiHooks::Told told) { evidence(probe, target, std::move(told)); },
      .admin = state.flags.enable_admin_api,
      .maintain =
          [this](const MaintenanceRequest& wish) {
            auto made = maintenance.add(wish, judge.checks(), wall());
            if (made) judge_again();
            return made;
          },
      .end_maintenance =
          [this](std::string_view id) {
            auto ended = maintenance.end(id, wall());
            if (ended) judge_again();
            return ended;
          },
      .write = [this](std::function<void(bool)> then) { memory.write(std::move(then)); },
      .deploy =
          [this](const DeployWish& wish) {
            auto made = deploys.add(wish, judge.checks(), wall());
            if (made) memory.changed();
            return made;
          }};
}

// Who is told may be another now.
void App::judge_again() {
  memory.changed();
  alerting.judge();
}

void App::evidence(const std::string& probe, const std::string& target, web::ApiHooks::Told told) {
  const auto checks = judge.checks();
  const auto found = std::ranges::find_if(
      checks, [&](const auto& check) { return check->name == probe && check->target == target; });
  if (found == checks.end()) return told(std::nullopt);
  store::Store* store = memory.store();
  if (store == nullptr)
    return told("Nothing is remembered: there is no storage.path in the configuration.\n");
  EvidenceQuery query{.check = key_of(**found), .limit = evidence_max, .with_proof = true};
  store->evidence(std::move(query), [this, check = *found,
                                     told = std::move(told)](store::Store::Evidence rows) mutable {
    if (!rows) return told(rows.error() + "\n");
    show_evidence(check, std::move(*rows), std::move(told));
  });
}

void App::show_evidence(const std::shared_ptr<const Check>& check, std::vector<EvidenceRow> rows,
                        web::ApiHooks::Told told) {
  const auto newest = std::ranges::find(rows, true, &EvidenceRow::transcript);
  if (newest == rows.end()) return told(evidence_page(*check, rows, {}));
  const auto proof = std::ranges::find_if(
      rows, [](const EvidenceRow& row) { return row.transcript && row.proof; });
  const std::int64_t id = newest->id;
  const std::int64_t proof_id = proof == rows.end() ? id : proof->id;
  memory.store()->transcript(id, [this, id, proof_id, check, rows = std::move(rows),
                                  told = std::move(told)](store::Store::Transcript read) mutable {
    Transcripts transcripts{.newest = read.value_or(""), .proof = ""};
    if (proof_id == id) return told(evidence_page(*check, rows, transcripts));
    memory.store()->transcript(proof_id,
                               [check, rows = std::move(rows), transcripts = std::move(transcripts),
                                told = std::move(told)](store::Store::Transcript proof) mutable {
                                 transcripts.proof = proof.value_or("");
                                 told(evidence_page(*check, rows, transcripts));
                               });
  });
}

}  // namespace sonde::app
