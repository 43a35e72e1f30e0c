#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "config/section.hpp"
#include "probes/core/clock.hpp"
#include "probes/net/url.hpp"

namespace sonde::net {

// Which addresses of a name are used. `any`: happy eyeballs (RFC 8305). `each`: every family that
// the name has has to connect, and the run continues on the first.
enum class Family : std::uint8_t { any, ipv4, ipv6, each };

// Limits on what a peer can make us store or do.
struct Limits {
  std::size_t header = 64 * 1024;   // bytes of a response's status line and headers
  std::size_t body = 1024 * 1024;   // bytes of a body, after decoding
  std::size_t frame = 1024 * 1024;  // bytes of a WebSocket message
  std::size_t frames = 1000;        // messages and control frames of a connection
};

struct TlsSettings {
  std::string ca;                   // a PEM file; empty: the system's authorities
  std::string cert;                 // a PEM file with the client certificate; empty: none
  std::string key;                  // its key
  std::string server_name;          // SNI and the name to verify; empty: the host of the URL
  std::string min_version = "1.2";  // 1.2 | 1.3
  bool verify = true;
  bool alpn = true;  // offer http/1.1 by ALPN; not a key, set by a control experiment
  auto operator<=>(const TlsSettings&) const = default;
};

// An HTTP proxy, from "http://host:port".
struct Proxy {
  Url url;  // no host: none
  bool empty() const { return url.host.empty(); }
};

// A DNS server: "192.0.2.1", "192.0.2.1:53", "2001:db8::1" or "[2001:db8::1]:53".
struct DnsServer {
  std::string address;
  std::uint16_t port = 53;
  bool operator==(const DnsServer&) const = default;
};

struct Dns {
  std::vector<DnsServer> servers;  // asked in this order; empty: the system's
};

// How a connection is made. Not changed after loading; shared by the probes that use it.
struct ConnectionOptions {
  Family family = Family::any;
  Proxy proxy;
  Dns dns;
  TlsSettings tls;
  Limits limits;
  bool run_headers = true;  // requests of a run name it: X-Sonde-Run and traceparent
  // connect to this address without a lookup; not a key, set by callers that remember one
  std::string pinned;
};

struct Redirects {
  bool follow = false;
  int max = 5;
};

// The keys `family`, `proxy`, `dns`, `tls`, `limits` and `run_headers`; and `follow` and `max`.
const config::Section<ConnectionOptions>& section_of(const ConnectionOptions*);
const config::Section<Redirects>& section_of(const Redirects*);
const config::Section<Dns>& section_of(const Dns*);
const config::Section<TlsSettings>& section_of(const TlsSettings*);
const config::Section<Limits>& section_of(const Limits*);
std::span<const config::Named<Family>> names_of(const Family*);

}  // namespace sonde::net

namespace sonde::config {

template <>
struct Codec<net::Proxy> {
  static bool read(const Value&, const Reader&, const Rule&, net::Proxy& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const net::Proxy&);
};

// Reads the section, then checks that its files can be read and are valid.
template <>
struct Codec<net::TlsSettings> {
  static bool read(const Value&, const Reader&, const Rule&, net::TlsSettings& out);
  static Value schema(const Rule&);
  static std::string show(const net::TlsSettings&) { return ""; }
};

template <>
struct Codec<net::DnsServer> {
  static bool read(const Value&, const Reader&, const Rule&, net::DnsServer& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const net::DnsServer&);
};

}  // namespace sonde::config
