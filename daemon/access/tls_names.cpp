#include "daemon/access/tls_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace sonde::access {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// tls.CipherSuites() of Go: its insecure ones are not in it.
constexpr std::array<Pair, 13> suite_table = {{
    {"TLS_AES_128_GCM_SHA256", ""},
    {"TLS_AES_256_GCM_SHA384", ""},
    {"TLS_CHACHA20_POLY1305_SHA256", ""},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
}};

constexpr std::array<Pair, 4> curve_table = {
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};

std::optional<std::string_view> find_in(std::span<const Pair> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Pair::first);
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string_view> names_in(std::span<const Pair> table) {
  std::vector<std::string_view> names;
  for (const auto& [name, ours] : table) names.push_back(name);
  return names;
}

}  // namespace

std::optional<std::string_view> cipher_suite(std::string_view name) {
  return find_in(suite_table, name);
}
std::vector<std::string_view> cipher_names() { return names_in(suite_table); }

std::optional<std::string_view> curve_name(std::string_view name) {
  return find_in(curve_table, name);
}
std::vector<std::string_view> curve_names() { return names_in(curve_table); }

std::string show_address(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && bytes.size() != sizeof(in6_addr)) return "";
  const char* shown = ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return shown != nullptr ? shown : "";
}

}  // namespace sonde::access
