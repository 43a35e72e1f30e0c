#include "probes/net/dns/lookup_hosts.hpp"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "probes/text/ascii.hpp"

namespace sonde::net {
namespace {

constexpr std::size_t hosts_file_max = 1024 * 1024;

std::optional<Address> address_of(const std::string& text) {
  in6_addr bytes{};
  if (inet_pton(AF_INET, text.c_str(), &bytes) == 1) return Address{.text = text, .v6 = false};
  if (inet_pton(AF_INET6, text.c_str(), &bytes) == 1) return Address{.text = text, .v6 = true};
  return std::nullopt;  // also for a scoped one, "fe80::1%eth0", which is not a target
}

void add(std::vector<Address>& all, const Address& address) {
  const auto same = [&](const Address& one) { return one.text == address.text; };
  if (std::ranges::any_of(all, same)) return;
  all.insert(address.v6 ? all.end() : std::ranges::find(all, true, &Address::v6), address);
}

}  // namespace

std::int64_t changed_ns(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return 0;
  return facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
}

const std::vector<Address>* Hosts::find(const std::string& name) {
  refresh();
  const auto found = names_.find(name);
  if (found != names_.end()) return &found->second;
  return name.ends_with(".localhost") ? find("localhost") : nullptr;
}

void Hosts::refresh() {
  const auto changed = changed_ns(path_);
  if (changed == changed_ns_) return;
  changed_ns_ = changed;
  names_.clear();
  std::string text(hosts_file_max, '\0');
  std::ifstream file(path_);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    words >> word;
    const auto address = address_of(word);
    while (address && words >> word) add(names_[text::lowered(word)], *address);
  }
  names_.try_emplace("localhost", std::vector<Address>{{"127.0.0.1", false}, {"::1", true}});
}

}  // namespace sonde::net
