#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <sstream>

#include "config/schema.hpp"
#include "tests/config/helpers.hpp"
#include "tests/config/sample.hpp"

namespace sonde::config::schema_agrees_test {
namespace {

// What Sonde and a JSON Schema validator have to judge alike.
const std::vector<std::string> documents{
    "url: x\n",
    "retries: 1\n",
    "url: ''\n",
    "url: [x]\n",
    "url: 5\n",
    "url:\n",
    "url: x\nunknown: 1\n",
    "url: x\nevery: 15s\n",
    "url: x\nevery: 1h30m\n",
    "url: x\nevery: 1.5s\n",
    "url: x\nevery: 15\n",
    "url: x\nevery: ''\n",
    "url: x\nevery: 30m1h\n",
    "url: x\nevery: 15 s\n",
    "url: x\nevery: 5ms\ntimeout: 0s\n",
    "url: x\nretries: 5\n",
    "url: x\nretries: 6\n",
    "url: x\nretries: -1\n",
    "url: x\nretries: 1.5\n",
    "url: x\nretries: '1'\n",
    "url: x\nshare: 0.25\n",
    "url: x\nshare: 1\n",
    "url: x\nshare: 1.01\n",
    "url: x\nbody_max: 512\n",
    "url: x\nbody_max: 64KB\n",
    "url: x\nbody_max: 64kb\n",
    "url: x\nbody_max: -1\n",
    "url: x\nbody_max: '512'\n",
    "url: x\nbody_max: 2147483648\n",
    "url: x\ntargets: one\n",
    "url: x\ntargets: [a, b, c]\n",
    "url: x\ntargets: [a, b, c, d]\n",
    "url: x\ntargets: ['']\n",
    "url: x\nvars: {a: b, 'c d': 5}\n",
    "url: x\nvars: {a: [b]}\n",
    "url: x\nvars: [a]\n",
    "url: x\nnamed: {a: {ca: c}}\n",
    "url: x\nnamed: {'a b': {ca: c}}\n",
    "url: x\ntls: {ca: c}\n",
    "url: x\ntls: {}\n",
    "url: x\ntls: {ca: c, min_version: 1.2}\n",
    "url: x\ntls: {ca: c, min_version: '1.3'}\n",
    "url: x\ntls: {ca: c, min_version: 1.1}\n",
    "url: x\ntls: {ca: c, verify: false}\n",
    "url: x\ntls: {ca: c, verify: 'false'}\n",
    "url: x\nmore: {ca: c}\n",
    "url: x\nmore: [{ca: c}, {ca: d}]\n",
    "url: x\nmore: [{ca: c}, {cb: d}]\n",
    "url: x\npassword: {file: /dev/null}\n",
    "url: x\npassword: {env: PATH}\n",
    "url: x\npassword: hunter2\n",
    "url: x\npassword: {env: PATH, file: a}\n",
    "url: x\npassword: {}\n",
};

// A bound on a duration and whether a secret is there are beyond JSON Schema.
bool is_beyond_schema(const std::string& yaml) {
  return yaml.find("/dev/null") != std::string::npos || yaml.find("5ms") != std::string::npos;
}

std::string judged_by_sonde(const std::string& yaml) {
  Mistakes mistakes;
  Sample out;
  const auto root = parse(yaml, "s.yaml", mistakes);
  return root && sample_section().read(*root, Reader(mistakes), out) ? "good" : "bad";
}

std::vector<std::string> output_of(const std::string& command) {
  std::string all;
  std::array<char, 4096> part{};
  FILE* const pipe = ::popen(command.c_str(), "r");
  while (pipe && std::fgets(part.data(), part.size(), pipe)) all += part.data();
  if (pipe) ::pclose(pipe);
  std::vector<std::string> lines;
  std::istringstream stream(all);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Schema, JudgesAsSondeDoes) {
  const Folder folder;
  std::string command = "/usr/bin/python3 " SONDE_SOURCE_DIR "/tests/config/validate.py " +
                        folder.write("schema.json", schema_document(sample_section().schema()));
  for (std::size_t i = 0; i < documents.size(); ++i)
    command += " " + folder.write(std::to_string(i) + ".yaml", documents[i]);
  const std::vector<std::string> verdicts = output_of(command);
  ASSERT_EQ(verdicts.size(), documents.size()) << "python3-jsonschema: deploy/install-deps test";
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::string ours = judged_by_sonde(documents[i]);
    EXPECT_EQ(verdicts[i], is_beyond_schema(documents[i]) ? "good" : ours) << documents[i];
    if (is_beyond_schema(documents[i])) EXPECT_EQ(ours, "bad") << documents[i];
  }
}

}  // namespace
}  // namespace sonde::config::schema_agrees_test
