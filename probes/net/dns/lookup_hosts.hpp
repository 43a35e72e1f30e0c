#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "probes/net/dns/lookup.hpp"

namespace sonde::net {

// The names in /etc/hosts (hosts(5)), read again when the file has changed; at most 1 MB of it.
// "localhost" is always known, and names below it are as in browsers (RFC 6761 section 6.3).
class Hosts {
 public:
  explicit Hosts(std::string path = "/etc/hosts") : path_(std::move(path)) {}
  // The addresses of a lower-case name, IPv4 first; null: the file does not have it.
  const std::vector<Address>* find(const std::string& name);

 private:
  void refresh();
  std::string path_;
  std::int64_t changed_ns_ = -1;
  std::unordered_map<std::string, std::vector<Address>> names_;
};

// When a file was last changed, in nanoseconds; 0: it does not exist.
std::int64_t changed_ns(const std::string& path);

}  // namespace sonde::net
