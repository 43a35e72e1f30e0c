#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>

#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {

// The built-in dialects, parsed from their YAML at each call, so that unused ones take no memory;
// aborts if one is invalid (a test loads all of them).
using Dialects = std::map<std::string, std::shared_ptr<const Dialect>>;
Dialects built_in();
bool is_built_in(std::string_view name);
// The default dialect: agent-events.
const std::shared_ptr<const Dialect>& usual_dialect();

// Every dialect that a probe can name: the built-in ones, and those of the file (`dialects:`), each
// of which may extend another one of either kind.
struct DialectBook {
  Dialects all = built_in();
  std::set<std::string> wrong;  // those of the file that are wrong, or extend a wrong one
};

// Finds a dialect by name. If there is none, returns null and reports a mistake with the nearest
// name.
std::shared_ptr<const Dialect> find_dialect(const DialectBook& book, const config::Value& name,
                                            const config::Reader& reader);

}  // namespace sonde::dialect

namespace sonde::config {
// A mapping of names to dialects. `extends` names the dialect that supplies missing keys; it is a
// mistake if a dialect extends itself or has the name of a built-in one.
template <>
struct Codec<dialect::DialectBook> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::DialectBook& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::DialectBook&) { return ""; }
};

template <>
struct Rows<dialect::DialectBook> {
  static std::vector<KeyRow> below(const std::string& prefix, const dialect::DialectBook&);
};
}  // namespace sonde::config
