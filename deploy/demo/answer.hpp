#pragma once
#include <string>

namespace sonde::demo {

// The result of the agent's tool for a prompt.
struct Work {
  std::string tool;       // "calculator"
  std::string arguments;  // "37 * 58"
  std::string result;     // "2146"
  std::string answer;     // the agent's final answer
};

// Looks for `a * b`, `a + b` (up to nine digits each), or `reverse "xyz"`, `reverse xyz`,
// `reverse of xyz`, and computes it; otherwise counts the words of the prompt and says so.
Work work_out(const std::string& prompt);

}  // namespace sonde::demo
