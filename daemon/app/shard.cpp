#include "daemon/app/shard.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/schedule/share.hpp"

namespace sonde::app {

std::expected<Shard, std::string> shard_of(std::string_view index, std::size_t count,
                                           std::size_t replicas) {
  if (count < 1 || count > shards_max)
    return std::unexpected(
        fmt::format("--shard.count: expected 1 to {}, is {}", shards_max, count));
  if (replicas < 1 || replicas > count)
    return std::unexpected(
        fmt::format("--shard.replicas: expected 1 to {} (--shard.count), is {}", count, replicas));
  const std::size_t before = index.find_last_not_of("0123456789");
  const std::string_view digits = before == index.npos ? index : index.substr(before + 1);
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_negative = index.starts_with('-');
  if (digits.empty() || is_negative || read.ec != std::errc() || number >= count)
    return std::unexpected(fmt::format(
        "--shard.index: expected 0 to {} (--shard.count is {}), or a name that ends in such a "
        "number, is '{:.100}'",
        count - 1, count, index));
  return Shard{.index = number, .count = count, .replicas = replicas};
}

namespace {

std::uint64_t weight(const Check& check, std::size_t shard) {
  return schedule::stable_hash({check.name, check.target, std::to_string(shard)});
}

}  // namespace

bool runs(const Shard& shard, const Check& check) {
  const auto own = std::pair(weight(check, shard.index), shard.index);
  std::size_t heavier = 0;
  for (std::size_t other = 0; other < shard.count && heavier < shard.replicas; ++other)
    if (std::pair(weight(check, other), other) > own) ++heavier;
  return heavier < shard.replicas;
}

std::vector<std::shared_ptr<const Check>> of_shard(
    const Shard& shard, std::vector<std::shared_ptr<const Check>> checks) {
  std::erase_if(checks, [&](const auto& check) { return !runs(shard, *check); });
  return checks;
}

std::vector<Shard> all_of(const Shard& shard) {
  std::vector<Shard> all(shard.count, shard);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].index = i;
  return all;
}

std::string who_runs(const Shard& shard, std::span<const std::shared_ptr<const Check>> checks,
                     const CheckNames& names) {
  std::vector<std::string> runners;
  for (const Shard& one : all_of(shard))
    if (std::ranges::any_of(
            checks, [&](const auto& check) { return names.are_of(*check) && runs(one, *check); }))
      runners.push_back(std::to_string(one.index));
  if (runners.empty()) return "";
  if (runners.size() == 1) return fmt::format("shard {} of {} does", runners.front(), shard.count);
  const std::string last = runners.back();
  runners.pop_back();
  return fmt::format("shards {} and {} of {} do", fmt::join(runners, ", "), last, shard.count);
}

}  // namespace sonde::app
