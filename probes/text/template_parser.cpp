#include "probes/text/template_parser.hpp"

#include <fmt/format.h>

#include <charconv>

#include "config/mistake.hpp"

namespace sonde::text {
namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view starts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view parts =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/~";

std::string_view without_spaces(std::string_view text) {
  const auto first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

// The text up to `mark`; removes both from `rest`.
std::string_view next(std::string_view& rest, char mark) {
  const auto end = rest.find(mark);
  const std::string_view part = without_spaces(rest.substr(0, end));
  rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  return part;
}

template <class Row>
std::expected<const Row*, std::string> row_named(std::span<const Row> rows, std::string_view what,
                                                 std::string_view word) {
  std::vector<std::string_view> names;
  for (const Row& row : rows) {
    if (row.name == word) return &row;
    names.push_back(row.name);
  }
  const std::string_view near = config::nearest(word, names);
  if (!near.empty())
    return std::unexpected(fmt::format("unknown {} '{}'; did you mean '{}'?", what, word, near));
  return std::unexpected(
      fmt::format("unknown {} '{}'; there are {}", what, word, fmt::join(names, ", ")));
}

std::expected<std::vector<std::int64_t>, std::string> numbers_in(std::string_view list) {
  std::vector<std::int64_t> all;
  while (!without_spaces(list).empty()) {
    const std::string_view word = next(list, ',');
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size())
      return std::unexpected(fmt::format("'{}' is not a whole number", word));
    all.push_back(number);
  }
  return all;
}

std::expected<Expression, std::string> parse_call(std::string_view name, std::string_view rest) {
  const auto end = rest.find(')');
  if (end == std::string_view::npos) return std::unexpected(fmt::format("'{}(' has no ')'", name));
  if (!without_spaces(rest.substr(end + 1)).empty())
    return std::unexpected(fmt::format("after '{}()' only '| filter' may stand", name));
  auto function = row_named(functions(), "function", name);
  if (!function) return std::unexpected(function.error());
  auto arguments = numbers_in(rest.substr(0, end));
  if (!arguments) return std::unexpected(arguments.error());
  if (arguments->size() != (*function)->arguments)
    return std::unexpected(fmt::format("{}() takes {} numbers, not {}", name,
                                       (*function)->arguments, arguments->size()));
  const std::string_view refusal = (*function)->refuse(*arguments);
  if (!refusal.empty()) return std::unexpected(std::string(refusal));
  return Expression{
      .name = "", .function = *function, .arguments = *std::move(arguments), .filters = {}};
}

std::expected<Expression, std::string> parse_source(std::string_view source) {
  if (source.empty()) return std::unexpected("a name or a function is missing between {{ and }}");
  const auto open = source.find('(');
  if (open != std::string_view::npos)
    return parse_call(without_spaces(source.substr(0, open)), source.substr(open + 1));
  const bool good = starts.find(source[0]) != std::string_view::npos &&
                    source.find_first_not_of(parts) == std::string_view::npos;
  if (!good)
    return std::unexpected(fmt::format("'{}' is not a name, as 'identity.username' is", source));
  return Expression{
      .name = std::string(source), .function = nullptr, .arguments = {}, .filters = {}};
}

}  // namespace

std::expected<Expression, std::string> parse_expression(std::string_view inside) {
  auto expression = parse_source(next(inside, '|'));
  while (expression && !inside.empty()) {
    auto filter = row_named(filters(), "filter", next(inside, '|'));
    if (!filter) return std::unexpected(filter.error());
    expression->filters.push_back(*filter);
  }
  return expression;
}

}  // namespace sonde::text
