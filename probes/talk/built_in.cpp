#include <cstdio>
#include <cstdlib>

#include "config/load.hpp"
#include "probes/talk/dialect.hpp"
#include "probes/talk/dialect_files.hpp"

namespace sonde::talk {
namespace {

using Dialects = std::map<std::string, std::shared_ptr<const Dialect>>;

std::shared_ptr<const Dialect> read(const DialectFile& file, config::Mistakes& mistakes) {
  auto dialect = std::make_shared<Dialect>();
  dialect->name = file.name;
  const auto name = std::string(file.name) + ".yaml";
  const auto value = config::parse(file.yaml, name, mistakes);
  if (value) config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, *dialect);
  return dialect;
}

Dialects read_all() {
  Dialects all;
  config::Mistakes mistakes;
  for (const auto& file : dialect_files()) all[std::string(file.name)] = read(file, mistakes);
  if (!mistakes.any()) return all;
  for (const auto& mistake : mistakes.sorted())
    std::fprintf(stderr, "built-in dialect: %s\n", show(mistake).c_str());
  std::abort();
}

}  // namespace

const Dialects& built_in() {
  static const Dialects all = read_all();
  return all;
}

}  // namespace sonde::talk
