#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "config/load.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/dialect_files.hpp"

namespace sonde::dialect {
namespace {

constexpr std::string_view usual_name = "agent-events";

std::shared_ptr<const Dialect> read(const DialectFile& file, config::Mistakes& mistakes) {
  auto dialect = std::make_shared<Dialect>();
  dialect->name = file.name;
  const auto name = std::string(file.name) + ".yaml";
  const auto value = config::parse(file.yaml, name, mistakes);
  if (value) config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, *dialect);
  return dialect;
}

void abort_if(const config::Mistakes& mistakes) {
  if (!mistakes.any()) return;
  for (const auto& mistake : mistakes.sorted())
    std::fprintf(stderr, "built-in dialect: %s\n", show(mistake).c_str());
  std::abort();
}

std::shared_ptr<const Dialect> read_usual() {
  config::Mistakes mistakes;
  const auto file = std::ranges::find(dialect_files(), usual_name, &DialectFile::name);
  auto dialect = read(*file, mistakes);
  abort_if(mistakes);
  return dialect;
}

}  // namespace

Dialects built_in() {
  Dialects all{{std::string(usual_name), usual_dialect()}};
  config::Mistakes mistakes;
  for (const auto& file : dialect_files())
    if (file.name != usual_name) all[std::string(file.name)] = read(file, mistakes);
  abort_if(mistakes);
  return all;
}

bool is_built_in(std::string_view name) {
  return std::ranges::find(dialect_files(), name, &DialectFile::name) != dialect_files().end();
}

const std::shared_ptr<const Dialect>& usual_dialect() {
  static const auto usual = read_usual();
  return usual;
}

}  // namespace sonde::dialect
