#pragma once
#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/instance.hpp"
#include "daemon/core/view.hpp"
#include "probes/core/check.hpp"

namespace sonde::app {

// Several daemons with the same file share its probes, without talking to each other: each runs the
// checks that rendezvous hashing gives to its shard (Thaler and Ravishankar, 1998). From n to n + 1
// shards, 1 of n + 1 checks moves.
inline constexpr std::size_t shards_max = 256;

// The shard that the command line describes; an error says what is wrong. `index`: a number from 0,
// or a name that ends in one, such as the pod "sonde-2" of a StatefulSet.
std::expected<Shard, std::string> shard_of(std::string_view index, std::size_t count,
                                           std::size_t replicas);

// Whether the shard is one of the `replicas` that run the check.
bool runs(const Shard& shard, const Check& check);

// Those of the checks that the shard runs, in their order.
std::vector<std::shared_ptr<const Check>> of_shard(
    const Shard& shard, std::vector<std::shared_ptr<const Check>> checks);

// The shard with all others of its daemons, in order.
std::vector<Shard> all_of(const Shard& shard);

// Which of the shards run any of the checks of these names: "shards 0 and 2 of 3 do"; empty: there
// are no such checks.
std::string who_runs(const Shard& shard, std::span<const std::shared_ptr<const Check>> checks,
                     const CheckNames& names);

}  // namespace sonde::app
