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

// What a place in JSON must be: `healthy` (equals), or { equals, one_of, matches, not_matches, min,
// max, absent, present }. `equals` and `one_of` compare texts as JSON shows them, numbers as
// numbers. All but `absent: true` want the place to be there.
struct Comparison {
  std::optional<Template> equals;
  std::vector<std::string> one_of;
  std::optional<Pattern> matches;
  std::optional<Pattern> not_matches;
  std::optional<double> min, max;
  std::optional<bool> absent;
  std::optional<bool> present;
};

// Empty if `value` satisfies it, else what was wanted and what was found, in one line:
// "wanted \"healthy\", got \"degraded\"". Found texts are cut at 120 bytes.
std::optional<std::string> mismatch(const Comparison& wanted, Json value, Names& names);

// Why no value can satisfy it, or what of it has no effect; empty: all of it can hold. Pure.
std::string contradiction(const Comparison& wanted);

// Comparisons by place, in the order of the pointers.
using Comparisons = std::map<Pointer, Comparison>;
// The first mismatch, with its place: "/status: wanted ...".
std::optional<std::string> mismatch(const Comparisons& wanted, Json root, Names& names);

// True if both are numbers of the same value ("2,146", "2146.0"), or the same text.
bool same_value(std::string_view a, std::string_view b);

}  // namespace sonde::text

namespace sonde::config {
// A value that it equals, or the keys; a mistake if it is a contradiction.
template <>
struct Codec<text::Comparison> {
  static bool read(const Value&, const Reader&, const Rule&, text::Comparison& out);
  static Value schema(const Rule&);
  static std::string show(const text::Comparison&) { return ""; }
};
}  // namespace sonde::config
