#pragma once
#include <string>
#include <vector>

namespace sonde::commands {

// Where a key stands in one of the examples, as YAML with the real names around it and an empty
// indentation: "sockets:\n  main:\n    ready: ...". `path`: its parts, in which NAME stands for any
// name; `of`: "kind: chat", which the mapping below the first two parts has to have, or empty.
struct KeyExample {
  std::string file;  // "fastapi.yaml"; empty: no example has the key
  std::string yaml;
};
KeyExample find_example(const std::vector<std::string>& path, const std::string& of);

}  // namespace sonde::commands
