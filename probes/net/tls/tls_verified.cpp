#include "probes/net/tls/tls_verified.hpp"

#include <utility>

namespace sonde::net {
namespace {

constexpr std::size_t chains_max = 64;
constexpr std::size_t chain_bytes_max = std::size_t{16} * 1024;

}  // namespace

const GoodChains::Good* GoodChains::find(const std::string& chain, std::time_t now) const {
  const auto found = chains_.find(chain);
  if (found == chains_.end()) return nullptr;
  const Good& good = found->second;
  return now >= good.from && now <= good.until ? &good : nullptr;
}

void GoodChains::keep(std::string chain, Good good) {
  if (chain.size() > chain_bytes_max) return;
  if (chains_.size() >= chains_max) chains_.clear();
  chains_.insert_or_assign(std::move(chain), std::move(good));
}

}  // namespace sonde::net
