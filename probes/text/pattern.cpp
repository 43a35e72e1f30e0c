#include "probes/text/pattern.hpp"

#include <re2/re2.h>

#include <array>

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
      : re(re2::StringPiece(text.data(), text.size()), options()) {
    for (int group = 0; group <= re.NumberOfCapturingGroups(); ++group)
      names.push_back(std::to_string(group));
    for (const auto& [group, name] : re.CapturingGroupNames())
      names[static_cast<std::size_t>(group)] = name;
  }
  RE2 re;
  std::vector<std::string> names;
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

const std::vector<std::string>& Pattern::group_names() const {
  static const std::vector<std::string> whole = {"0"};
  return program_ ? program_->names : whole;
}

bool Pattern::find(std::string_view text, std::vector<std::string_view>& found) const {
  found.assign(group_names().size(), {});
  if (!program_) return true;
  std::array<re2::StringPiece, groups_max + 1> groups;
  const re2::StringPiece whole(text.data(), text.size());
  if (!program_->re.Match(whole, 0, whole.size(), RE2::UNANCHORED, groups.data(),
                          static_cast<int>(found.size())))
    return false;
  for (std::size_t i = 0; i < found.size(); ++i) found[i] = {groups[i].data(), groups[i].size()};
  return true;
}

std::vector<std::string> Pattern::groups(std::string_view text) const {
  std::vector<std::string_view> found;
  if (!find(text, found)) return {};
  return {found.begin(), found.end()};
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
