#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/pattern.hpp"
#include "probes/text/pointer.hpp"
#include "probes/text/template.hpp"

namespace sonde::text {

// A condition for a value in JSON: `healthy` (equals), or { equals, one_of, matches, not_matches,
// min, max, absent, present }. `equals` and `one_of` compare texts as JSON shows them, and numbers
// by value. All except `absent: true` require that the value exists.
struct Comparison {
  std::optional<Template> equals;
  std::vector<std::string> one_of;
  std::optional<Pattern> matches;
  std::optional<Pattern> not_matches;
  std::optional<double> min, max;
  std::optional<bool> absent;
  std::optional<bool> present;
};

// Empty if `value` satisfies it; otherwise the expected and the actual value in one line: "wanted
// \"healthy\", got \"degraded\"". Actual texts are cut to 120 bytes.
std::optional<std::string> mismatch(const Comparison& wanted, Json value, Names& names);

// Why no value can satisfy it, or which part of it has no effect; empty: neither. Pure.
std::string contradiction(const Comparison& wanted);

// Conditions by place, ordered by pointer.
using Comparisons = std::map<Pointer, Comparison>;
// The first mismatch, with its place: "/status: wanted ...".
std::optional<std::string> mismatch(const Comparisons& wanted, Json root, Names& names);

// Whether both are numbers of the same value ("2,146", "2146.0"), or the same text.
bool same_value(std::string_view a, std::string_view b);

}  // namespace sonde::text

namespace sonde::config {
// A value for `equals`, or the keys; reports a contradiction as a mistake.
template <>
struct Codec<text::Comparison> {
  static bool read(const Value&, const Reader&, const Rule&, text::Comparison& out);
  static Value schema(const Rule&);
  static std::string show(const text::Comparison&) { return ""; }
};
// The keys of a comparison; they are explained once, not wherever one may stand.
std::vector<KeyRow> comparison_rows(const std::string& prefix);
}  // namespace sonde::config
