#include "daemon/commands/key_example.hpp"

#include <fmt/format.h>

#include <optional>
#include <span>

#include "config/load.hpp"
#include "config/schema.hpp"
#include "daemon/commands/example_files.hpp"

namespace sonde::commands {
namespace {

using config::Value;
using Path = std::span<const std::string>;

constexpr std::size_t example_max = 300;  // bytes of a value; a longer one explains nothing

bool is_of(const Value& owner, const std::string& of) {
  const auto colon = of.find(": ");
  if (colon == of.npos) return true;
  const Value* found = owner.find(of.substr(0, colon));
  return found != nullptr && found->text == of.substr(colon + 2);
}

// The lines from `depth` on; nullopt: the key is not below this value.
std::optional<std::string> lines_below(const Value& value, Path path, const std::string& of,
                                       std::size_t depth) {
  if (path.empty()) {
    std::string text = value.kind == Value::Kind::scalar && !value.quoted
                           ? value.text
                           : config::to_json(value, false);
    if (text.empty() || text.size() > example_max) return std::nullopt;
    return " " + text + "\n";
  }
  if (depth == 2 && !is_of(value, of)) return std::nullopt;
  if (value.kind == Value::Kind::list) {
    for (const Value& item : value.items)
      if (auto lines = lines_below(item, path, of, depth)) return lines;
    return std::nullopt;
  }
  for (const auto& entry : value.entries) {
    if (path.front() != "NAME" && path.front() != entry.name) continue;
    auto lines = lines_below(entry.value, path.subspan(1), of, depth + 1);
    if (!lines) continue;
    const std::string_view head = path.size() == 1 ? "" : "\n";
    return fmt::format("{:{}}{}:{}{}", "", 2 * depth, entry.name, head, *lines);
  }
  return std::nullopt;
}

}  // namespace

KeyExample find_example(const std::vector<std::string>& path, const std::string& of) {
  for (const config::EmbeddedFile& file : example_files()) {
    config::Mistakes mistakes;
    const std::string name = std::string(file.name) + ".yaml";
    const auto root = config::parse(file.text, name, mistakes);
    if (!root) continue;
    if (auto lines = lines_below(*root, path, of, 0)) return {name, std::move(*lines)};
  }
  return {};
}

}  // namespace sonde::commands
