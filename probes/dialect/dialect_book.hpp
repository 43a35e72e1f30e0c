#pragma once
#include <set>
#include <string>

#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {

// Every dialect that a probe can name: the built-in ones, and those of the file (`dialects:`), each
// of which may extend another one of either kind.
struct DialectBook {
  Dialects all = built_in();
  std::set<std::string> wrong;  // those of the file with a mistake in them, or in what they extend
};

// A dialect by its name. Null, and a mistake with the nearest name: there is none.
std::shared_ptr<const Dialect> find_dialect(const DialectBook& book, const config::Value& name,
                                            const config::Reader& reader);

}  // namespace sonde::dialect

namespace sonde::config {
// A mapping of names to dialects. `extends` names the one whose keys hold where a dialect says
// nothing; one that extends itself, or has the name of a built-in one, is a mistake.
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
