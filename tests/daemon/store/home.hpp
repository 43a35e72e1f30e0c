#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/store/database.hpp"
#include "daemon/store/store.hpp"
#include "probes/core/run_id.hpp"
#include "tests/daemon/core/made_results.hpp"

namespace sonde::store {

// A directory for a store, removed at the end.
class Home {
 public:
  Home() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file() const { return path_ / "sonde.db"; }
  StorageSettings settings() const { return {.path = path_.string(), .retention = {}}; }

  std::string bytes(const std::string& name = "sonde.db") const {
    std::ostringstream all;
    all << std::ifstream(path_ / name, std::ios::binary).rdbuf();
    return all.str();
  }
  void write(std::string_view bytes) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  }
  // Files that were moved aside, without their logs.
  std::size_t asides() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      const std::string name = entry.path().filename().string();
      count += name.contains(".corrupt-") && !name.ends_with("-wal") ? 1 : 0;
    }
    return count;
  }
  // The first number that a question about the closed file gives.
  std::int64_t ask(const std::string& sql) const {
    Database database(file(), 1 << 20);
    const std::int64_t answer = database.number(sql);
    const auto fault = database.take_fault();
    EXPECT_FALSE(fault) << sql << ": " << (fault ? fault->text : "");
    return answer;
  }

 private:
  std::filesystem::path path_;
};

// A store and the main thread that it answers to.
class Running {
 public:
  explicit Running(StorageSettings settings) {
    auto opened = Store::open(std::move(settings), main_.get_executor());
    if (opened)
      store_ = std::move(*opened);
    else
      refusal = opened.error();
    if (store_) remembered = store_->take_remembered();
    settle();
  }

  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  explicit operator bool() const { return store_ != nullptr; }

  // Runs the main thread until nothing is awaited any more.
  void settle() {
    main_.restart();
    main_.run();
  }
  bool keep(Changes changes) {
    std::optional<bool> answer;
    store_->write(std::move(changes), [&](bool kept) { answer = kept; });
    while (!answer) {
      main_.restart();
      main_.run_one();
    }
    return *answer;
  }
  std::vector<EvidenceRow> evidence(EvidenceQuery query = {}) {
    Store::Evidence answer;
    store_->evidence(std::move(query), [&](Store::Evidence rows) { answer = std::move(rows); });
    settle();
    EXPECT_TRUE(answer) << (answer ? "" : answer.error());
    return answer.value_or(std::vector<EvidenceRow>{});
  }
  std::vector<RunRow> runs(RunQuery query = {}) {
    Store::Runs answer;
    store_->runs(std::move(query), [&](Store::Runs rows) { answer = std::move(rows); });
    settle();
    EXPECT_TRUE(answer) << (answer ? "" : answer.error());
    return answer.value_or(std::vector<RunRow>{});
  }
  std::optional<RunTranscript> run(std::string id) {
    Store::Run answer;
    store_->run(std::move(id), [&](Store::Run found) { answer = std::move(found); });
    settle();
    EXPECT_TRUE(answer) << (answer ? "" : answer.error());
    return answer.value_or(std::nullopt);
  }
  std::string transcript(std::int64_t id) {
    Store::Transcript answer;
    store_->transcript(id, [&](Store::Transcript json) { answer = std::move(json); });
    settle();
    return answer ? *answer : "(" + answer.error() + ")";
  }
  bool stop() {
    bool in_time = false;
    store_->stop([&](bool closed) { in_time = closed; });
    settle();
    return in_time;
  }

  std::string refusal;
  RestoredState remembered;

 private:
  boost::asio::io_context main_;
  std::shared_ptr<Store> store_;
};

// A Result that ended just now, or that long ago.
inline ResultPtr fresh(const MadeResult& made, Span ago = {}) {
  auto result = std::make_shared<Result>(made.result());
  result->started = std::chrono::system_clock::now() -
                    std::chrono::duration_cast<WallTime::duration>(result->took + ago);
  result->id = make_run_id(result->started);
  return result;
}
inline MadeResult refused(std::string probe = "chat") {
  MadeResult made(std::move(probe));
  made.failed(Step::login, Reason::tcp_refused, "127.0.0.1:1 refuses");
  made.trace().at(Step::login);
  made.trace().enter(Phase::connect, MadeResult::at(1));
  made.trace().finish(MadeResult::at(5));
  return made;
}
// A passed run with a trace, whose transcript can be stored.
inline MadeResult passed_with_trace(std::string probe = "chat") {
  MadeResult made(std::move(probe));
  made.trace().enter(Phase::connect, MadeResult::at(1));
  made.trace().finish(MadeResult::at(5));
  return made;
}
inline MadeResult passed(std::string probe = "chat") { return MadeResult(std::move(probe)); }

// The slot of now in the tier of hours: no retention touches it.
inline std::uint32_t this_hour() {
  return static_cast<std::uint32_t>(std::chrono::system_clock::now().time_since_epoch() /
                                    std::chrono::hours(1));
}
inline Changes windows(std::uint32_t attempts) {
  return {.results = {},
          .buckets = {{"chat/chat/staging success", 3, this_hour(), attempts, 1},
                      {"chat/chat/staging auth/login", 3, this_hour(), attempts, 0}},
          .notes = {{"alert", "a", "firing since " + std::to_string(attempts)}}};
}

}  // namespace sonde::store
