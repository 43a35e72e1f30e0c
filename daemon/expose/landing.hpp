#pragma once
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/sink.hpp"

namespace sonde {

// The page at /: name, version, links, and the last verdict of every probe. HTML without scripts
// or outside resources. On the main thread.
class Landing : public Sink {
 public:
  explicit Landing(std::string version) : version_(std::move(version)) {}

  void assign(const std::vector<std::shared_ptr<const Check>>& checks);
  void accept(const ResultPtr& result) override;
  std::string page() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // probe, target, kind
  struct Row {
    std::string verdict, step, reason, detail, when;
    double seconds = 0;
  };
  static Key key(const Check& check) { return {check.name, check.target, check.kind}; }

  std::string version_;
  std::map<Key, Row> rows_;
};

}  // namespace sonde
