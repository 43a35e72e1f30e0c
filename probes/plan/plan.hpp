#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "probes/core/check.hpp"
#include "probes/core/common.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "probes/session/identity.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/socket.hpp"

namespace sonde::plan {

// `probes:` as written; each entry is read by the row of its kind.
struct ProbeEntries {
  config::Value value;
};

// The part of the file that defines what is probed.
struct PlanFile {
  std::string location;
  Common defaults;
  std::map<std::string, session::Target> targets;
  std::map<std::string, session::Identity> identities;
  std::map<std::string, std::shared_ptr<const auth::Login>> logins;
  std::map<std::string, session::Socket> sockets;
  dialect::DialectBook dialects;
  ProbeEntries probes;
  int workers = 0;  // 0: one less than the number of cores, at least one
};
const config::Section<PlanFile>& section_of(const PlanFile*);

// Makes every probe of every target, in the order of the file; reports mistakes. `root` is the
// whole file, for the fingerprints.
std::vector<std::shared_ptr<const Check>> make_checks(const PlanFile& file,
                                                      const config::Value& root,
                                                      config::Mistakes& mistakes);

}  // namespace sonde::plan

namespace sonde::config {
template <>
struct Codec<plan::ProbeEntries> {
  static bool read(const Value&, const Reader&, const Rule&, plan::ProbeEntries& out);
  static Value schema(const Rule&);
  static std::string show(const plan::ProbeEntries&) { return ""; }
};
}  // namespace sonde::config
