#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/net/settings.hpp"

namespace sonde::schedule {

// "192.0.2.1:443", "[2001:db8::1]:443", "one.example.com:443".
struct HostPort {
  std::string host;  // empty: not set
  std::uint16_t port = 0;
};

// A remote server that answers whenever our own network works; exactly one of `dns` and `tcp` is
// set.
struct Reference {
  std::string dns;   // a name; any answer of a DNS server counts
  net::Dns servers;  // the servers to ask
  HostPort tcp;
  std::string title() const;  // "dns example.com"
};

// `egress:`. Constant after loading.
struct EgressSettings {
  Span every = std::chrono::seconds(5);
  Span timeout = std::chrono::seconds(2);
  std::vector<Reference> references;
};
const config::Section<EgressSettings>& section_of(const EgressSettings*);
const config::Section<Reference>& section_of(const Reference*);

}  // namespace sonde::schedule

namespace sonde::config {

template <>
struct Codec<schedule::HostPort> {
  static bool read(const Value&, const Reader&, const Rule&, schedule::HostPort& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const schedule::HostPort&);
};

// Reads the section, then checks that it names exactly one reference.
template <>
struct Codec<schedule::Reference> {
  static bool read(const Value&, const Reader&, const Rule&, schedule::Reference& out);
  static Value schema(const Rule&);
  static std::string show(const schedule::Reference& reference) { return reference.title(); }
};

// Reads the section, then warns if there is only a single reference.
template <>
struct Codec<schedule::EgressSettings> {
  static bool read(const Value&, const Reader&, const Rule&, schedule::EgressSettings& out);
  static Value schema(const Rule&);
  static std::string show(const schedule::EgressSettings&) { return ""; }
};

}  // namespace sonde::config
