#include "deploy/demo/faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "deploy/demo/options.hpp"
#include "deploy/demo/text.hpp"

namespace sonde::demo {
namespace {

bool read_number(std::string_view text, std::uint64_t& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::expected<Share, std::string> parse_share(std::string_view text) {
  Share share;
  if (text.empty()) return share;
  const auto slash = std::min(text.find('/'), text.size());
  const bool numbers = read_number(text.substr(0, slash), share.m) &&
                       read_number(text.substr(std::min(slash + 1, text.size())), share.n);
  if (numbers && 0 < share.m && share.m <= share.n && share.n <= 10000) return share;
  return std::unexpected(fmt::format("share '{}' is not m/n with 0 < m <= n <= 10000", text));
}

std::expected<Value, std::string> parse_value(Takes takes, std::string_view text) {
  Value value;
  if (takes == Takes::nothing && !text.empty()) return std::unexpected("takes no value");
  const auto colon = takes == Takes::event_and_time ? text.find(':') : std::string_view::npos;
  const bool with_event = takes == Takes::event || takes == Takes::event_and_time;
  const auto event = event_named(text.substr(0, colon));
  if (with_event && (!event || *event == Event::error)) {
    return std::unexpected(fmt::format("'{}' names none of the five events", text));
  }
  if (event) value.event = *event;
  if (takes == Takes::nothing || takes == Takes::event) return value;
  if (with_event && colon == std::string_view::npos) return std::unexpected("wants event:time");
  const auto time = parse_milliseconds(with_event ? text.substr(colon + 1) : text);
  if (!time) return std::unexpected(time.error());
  value.time = *time;
  return value;
}

Faults::Faults() {
  for (const auto& fault : fault_table()) {
    states_.push_back({.fault = &fault, .share = {}, .text = {}, .value = {}});
  }
}

const Faults::State* Faults::find(std::string_view name) const {
  const auto found =
      std::ranges::find(states_, name, [](const State& state) { return state.fault->name; });
  return found == states_.end() ? nullptr : &*found;
}

Faults::State* Faults::find(std::string_view name) {
  return const_cast<State*>(std::as_const(*this).find(name));
}

bool Faults::knows(std::string_view name) const { return find(name) != nullptr; }

std::expected<void, std::string> Faults::switch_on(std::string_view name, std::string_view share,
                                                   std::string_view value) {
  auto* state = find(name);
  if (!state) return std::unexpected(fmt::format("there is no fault '{}'", name));
  const auto text = value.empty() ? state->fault->standard : value;
  const auto parsed_share = parse_share(share);
  if (!parsed_share) return std::unexpected(parsed_share.error());
  const auto parsed_value = parse_value(state->fault->takes, text);
  if (!parsed_value) return std::unexpected(fmt::format("{}: {}", name, parsed_value.error()));
  *state = {.fault = state->fault,
            .on = true,
            .share = *parsed_share,
            .text = std::string(text),
            .value = *parsed_value};
  return {};
}

bool Faults::switch_off(std::string_view name) {
  auto* state = find(name);
  if (state) state->on = false;
  return state != nullptr;
}

void Faults::all_off() {
  for (auto& state : states_) state.on = false;
}

template <class Subject>
void Faults::meet(Place place, Subject& subject) {
  for (auto& state : states_) {
    if (!state.on || state.fault->place != place) continue;
    if (!state.share.due(state.attempts++)) continue;
    ++state.hits;
    std::get<void (*)(Subject&, const Value&)>(state.fault->does)(subject, state.value);
  }
}
template void Faults::meet(Place, Reply&);
template void Faults::meet(Place, Entry&);
template void Faults::meet(Place, Plan&);

std::string Faults::list() const {
  std::vector<std::string> rows;
  rows.reserve(states_.size());
  for (const auto& state : states_) {
    rows.push_back(fmt::format(
        R"(  {{"name":"{}","on":{},"share":"{}/{}","value":{},"attempts":{},"hits":{},"help":{}}})",
        state.fault->name, state.on, state.share.m, state.share.n,
        quoted(state.on ? std::string_view(state.text) : state.fault->standard), state.attempts,
        state.hits, quoted(state.fault->help)));
  }
  return fmt::format("[\n{}\n]\n", fmt::join(rows, ",\n"));
}

}  // namespace sonde::demo
