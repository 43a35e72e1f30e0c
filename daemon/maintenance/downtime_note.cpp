#include "daemon/maintenance/downtime_note.hpp"

#include <fmt/format.h>

#include "probes/text/json.hpp"

namespace sonde::maintenance {
namespace {

using text::Json;
using text::json_quote;

std::string quoted(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ",") + json_quote(name);
  return "[" + all + "]";
}

std::vector<std::string> names_of(Json list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (const auto name = list.item(i).string()) names.emplace_back(*name);
  return names;
}

std::string text_at(Json object, std::string_view member) {
  return std::string(object.member(member).string().value_or(""));
}

std::int64_t seconds_since_epoch(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

std::string text_of(const Downtime& downtime) {
  return fmt::format(
      R"({{"from":{},"to":{},"reason":{},"author":{},"probe":{},"kind":{},"target":{},"counted":{}}})",
      seconds_since_epoch(downtime.once.from), seconds_since_epoch(downtime.once.to),
      json_quote(downtime.reason), json_quote(downtime.author), quoted(downtime.where.probe),
      quoted(downtime.where.kind), quoted(downtime.where.target), downtime.counted);
}

std::optional<Downtime> downtime_of(std::string_view text) {
  const auto document = text::Document::parse(text);
  if (!document) return std::nullopt;
  const Json root = document->root();
  const auto from = root.member("from").number(), to = root.member("to").number();
  constexpr double latest = 9e9;  // before a WallTime ends
  if (!from || !to || *from < 0 || *to < *from || *to > latest) return std::nullopt;
  Downtime downtime;
  const auto at = [](double count) {
    return WallTime(std::chrono::seconds(static_cast<std::int64_t>(count)));
  };
  downtime.once = {at(*from), at(*to)};
  downtime.reason = text_at(root, "reason");
  downtime.author = text_at(root, "author");
  downtime.where = {names_of(root.member("probe")), names_of(root.member("kind")),
                    names_of(root.member("target"))};
  downtime.counted = root.member("counted").boolean().value_or(false);
  return downtime;
}

}  // namespace sonde::maintenance
