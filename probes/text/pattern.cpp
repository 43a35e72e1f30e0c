#include "probes/text/pattern.hpp"

#include <re2/re2.h>

namespace sonde::text {
namespace {

constexpr std::int64_t memory_max = 1024 * 1024;  // of a program and its automata
constexpr int groups_max = 32;

RE2::Options options() {
  RE2::Options chosen;
  chosen.set_log_errors(false);
  chosen.set_max_mem(memory_max);
  return chosen;
}

}  // namespace

struct Pattern::Program {
  explicit Program(std::string_view text)
      : re(re2::StringPiece(text.data(), text.size()), options()) {}
  RE2 re;
};

Pattern::Pattern() = default;
Pattern::~Pattern() = default;
Pattern::Pattern(const Pattern&) = default;
Pattern& Pattern::operator=(const Pattern&) = default;

std::expected<Pattern, std::string> Pattern::parse(std::string_view text) {
  auto program = std::make_shared<const Program>(text);
  if (!program->re.ok()) return std::unexpected("wrong pattern: " + program->re.error());
  if (program->re.NumberOfCapturingGroups() > groups_max)
    return std::unexpected("a pattern may have at most 32 groups");
  Pattern pattern;
  pattern.program_ = std::move(program);
  pattern.text_ = text;
  return pattern;
}

bool Pattern::found_in(std::string_view text) const {
  return !program_ || RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), program_->re);
}

std::vector<std::string> Pattern::groups(std::string_view text) const {
  if (!program_) return {""};
  std::vector<re2::StringPiece> found(
      static_cast<std::size_t>(program_->re.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece whole(text.data(), text.size());
  const bool hit = program_->re.Match(whole, 0, whole.size(), RE2::UNANCHORED, found.data(),
                                      static_cast<int>(found.size()));
  if (!hit) return {};
  std::vector<std::string> out;
  out.reserve(found.size());
  for (const auto& group : found) out.emplace_back(group.data(), group.size());
  return out;
}

}  // namespace sonde::text

namespace sonde::config {

bool Codec<text::Pattern>::read(const Value& v, const Reader& r, const Rule& rule,
                                text::Pattern& out) {
  std::string text;
  if (!read_text(v, r, rule, text)) return false;
  auto pattern = text::Pattern::parse(text);
  if (!pattern) {
    r.wrong(v.place, pattern.error());
    return false;
  }
  out = *std::move(pattern);
  return true;
}

Value Codec<text::Pattern>::schema(const Rule&) { return map({{"type", scalar("string")}}); }

}  // namespace sonde::config
