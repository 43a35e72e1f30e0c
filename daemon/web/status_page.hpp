#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/core/sink.hpp"

namespace sonde::web {

// The page at /: name, version, links, and the last verdict of every probe. HTML without scripts
// and external resources. Main thread only.
class StatusPage : public Sink {
 public:
  explicit StatusPage(std::string version) : version_(std::move(version)) {}

  void assign(const std::vector<std::shared_ptr<const Check>>& checks);
  void accept(const ResultPtr& result) override;
  std::string page() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // probe, target, kind
  // The last run; empty: none yet.
  struct Row {
    Verdict verdict;
    std::chrono::system_clock::time_point started;
    Span took{};
  };
  static auto key(const Check& check) { return std::tie(check.name, check.target, check.kind); }

  std::string version_;
  std::map<Key, std::optional<Row>, std::less<>> rows_;
};

}  // namespace sonde::web
