#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "config/secret.hpp"
#include "probes/clock.hpp"

namespace sonde::net {

// Which addresses of a name are used. `any`: happy eyeballs (RFC 8305). `each`: every family that
// the name has must connect, and the run goes on over the first.
enum class Family : std::uint8_t { any, ipv4, ipv6, each };

// Bounds on what a peer can make us hold or do.
struct Limits {
  std::size_t header = 64 * 1024;         // bytes of a response's status line and headers
  std::size_t body = 1024 * 1024;         // bytes of a body, after decoding
  std::size_t frame = 1024 * 1024;        // bytes of a WebSocket message
  std::size_t frames = 1000;              // messages and control frames a connection
};

struct TlsSettings {
  std::string ca;           // a PEM file; empty: the system's
  std::string cert;         // a PEM file with the client certificate; empty: none
  std::string key;          // its key
  std::string server_name;  // SNI and the name verified; empty: the host of the URL
  std::string min_version = "1.2";  // 1.2 | 1.3
  bool verify = true;
};

// How a connection is made. Constant after loading; shared by the probes that use it.
struct Line {
  Family family = Family::any;
  std::string proxy;                    // http://host:port; empty: none
  std::vector<std::string> dns_servers;  // "ip" or "ip:port"; empty: the system's
  TlsSettings tls;
  Limits limits;
};

struct Redirects {
  bool follow = false;
  int max = 5;
};

// The keys `family`, `proxy`, `dns`, `tls` and `limits`; and `follow` and `max`.
const config::Section<Line>& section_of(const Line*);
const config::Section<Redirects>& section_of(const Redirects*);

}  // namespace sonde::net
