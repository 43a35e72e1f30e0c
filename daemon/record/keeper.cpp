#include "daemon/record/keeper.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "daemon/log.hpp"
#include "daemon/record/remembering.hpp"

namespace sonde::record {
namespace {

namespace fs = std::filesystem;
using log::Level;

WallTime now() { return std::chrono::system_clock::now(); }

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

void observe(StoreFacts& facts, double took) {
  const auto bound = std::ranges::lower_bound(facts.durations_bounds, took);
  facts.durations[static_cast<std::size_t>(bound - facts.durations_bounds.begin())]++;
  facts.durations_sum += took;
}

}  // namespace

Keeper::Keeper(StorageSettings settings) : settings_(std::move(settings)) {
  facts_.enabled = true;
  facts_.durations_bounds = {.001, .005, .01, .025, .05, .1, .25, .5, 1, 5};
  facts_.durations.resize(facts_.durations_bounds.size() + 1);
  facts_.size_bytes = {{"db", 0}, {"wal", 0}};
}

Keeper::Opening Keeper::open() {
  Opening opening;
  settle(attempt([&](Archive& archive) { opening.remembered = archive.remember(now()); }));
  opening.taken = taken_;
  return opening;
}

bool Keeper::write(const Changes& changes) {
  const Instant begun = Clock::now();
  const auto fault = attempt([&](Archive& archive) { archive.write(changes); });
  observe(facts_, seconds(Clock::now() - begun));
  ++(fault ? facts_.write_errors : facts_.writes);
  settle(fault);
  return !fault;
}

bool Keeper::tidy() {
  if (!archive_) return false;
  bool more = false;
  if (auto fault = attempt([&](Archive& archive) { more = archive.tidy(now()); })) settle(fault);
  measure();
  return more && archive_;
}

bool Keeper::examine() {
  if (!archive_ || !unexamined_) return false;
  bool more = false;
  auto fault = attempt_once([&](Archive& archive) { more = archive.examine(*unexamined_); });
  if (fault && fault->kind == Fault::Kind::corrupt) replace(*fault), more = false;
  if (more)
    ++*unexamined_;
  else
    unexamined_.reset();
  return more;
}

std::expected<std::vector<EvidenceRow>, std::string> Keeper::evidence(const EvidenceQuery& query) {
  std::vector<EvidenceRow> rows;
  auto fault = attempt([&](Archive& archive) { rows = archive.evidence(query); });
  if (fault) return std::unexpected(std::move(fault->text));
  return rows;
}

std::expected<std::string, std::string> Keeper::transcript(std::int64_t id) {
  std::string json;
  auto fault = attempt([&](Archive& archive) { json = archive.transcript(id); });
  if (fault) return std::unexpected(std::move(fault->text));
  return json;
}

void Keeper::close() {
  if (archive_) archive_->checkpoint();
  archive_.reset();
  directory_.reset();
}

// A file that turns out to be damaged is replaced, and the work done on the fresh one.
std::optional<Fault> Keeper::attempt(const Work& work) {
  auto fault = attempt_once(work);
  if (!fault || fault->kind != Fault::Kind::corrupt || !replace(*fault)) return fault;
  return attempt_once(work);
}

// What failed, but for a question that took too long, is closed: whatever it held is given up, and
// the next attempt opens the file anew.
std::optional<Fault> Keeper::attempt_once(const Work& work) {
  if (auto fault = ready()) return fault;
  work(*archive_);
  auto fault = archive_->take_fault();
  const bool spent =
      fault && fault->kind != Fault::Kind::slow && fault->kind != Fault::Kind::corrupt;
  if (spent) archive_.reset();
  return fault;
}

std::optional<Fault> Keeper::ready() {
  if (archive_) return std::nullopt;
  if (auto fault = take_directory()) return fault;
  const bool unclean = size_of(directory_->log()) > 0;
  archive_ = std::make_unique<Archive>(directory_->database(), settings_.retention);
  auto fault = archive_->take_fault();
  if (fault && fault->kind != Fault::Kind::corrupt) archive_.reset();
  if (!fault && unclean) unexamined_ = 0;
  return fault;
}

std::optional<Fault> Keeper::take_directory() {
  if (!directory_) {
    auto taken = Directory::take(settings_.path);
    if (!taken) {
      if (taken.error().taken) taken_ = taken.error().text;
      return Fault{Fault::Kind::unusable, settings_.path + ": " + taken.error().text};
    }
    directory_.emplace(std::move(*taken));
  }
  auto made = directory_->make_database();
  if (!made)
    return Fault{Fault::Kind::unusable, directory_->database().string() + ": " + made.error()};
  return std::nullopt;
}

bool Keeper::replace(const Fault& damage) {
  Changes saved;
  if (archive_) saved = as_changes(archive_->remember(now()));
  archive_.reset();
  const auto away = directory_->move_aside(now());
  log::say(Level::error, "the store is damaged; a fresh one is begun",
           {{"file", directory_->database().string()},
            {"damage", damage.text},
            {"moved_to", away ? away->string() : "(not moved: " + away.error() + ")"},
            {"buckets_saved", std::to_string(saved.buckets.size())},
            {"notes_saved", std::to_string(saved.notes.size())}});
  if (!away) return false;
  ++facts_.corrupt;
  unexamined_.reset();
  return !attempt_once([&](Archive& archive) { archive.write(saved); });
}

// What is said of the store follows from its last write.
void Keeper::settle(const std::optional<Fault>& fault) {
  const std::string why = fault ? fault->text : "";
  if (why != facts_.why && fault)
    log::say(Level::error, "the store keeps nothing; probing goes on",
             {{"path", settings_.path}, {"why", why}});
  else if (facts_.degraded && !fault)
    log::say(Level::info, "the store keeps what happens again", {{"path", settings_.path}});
  facts_.degraded = fault.has_value();
  facts_.why = why;
  measure();
}

void Keeper::measure() {
  if (!directory_) return;
  facts_.size_bytes["db"] = size_of(directory_->database());
  facts_.size_bytes["wal"] = size_of(directory_->log());
}

}  // namespace sonde::record
