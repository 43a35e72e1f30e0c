#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/url.hpp"
#include "probes/text/template.hpp"

namespace sonde::net {

// The place that a URL leads to, as one text: whether it is encrypted, host and port. ws counts as
// http and wss as https; a dot that ends the host and the ways to write an IPv6 address do not
// count.
std::string origin_key(const Url& url);

// Places that may be told a target's credentials: nothing that an answer names adds to them.
class Origins {
 public:
  // The name, which no template can say, under which a run knows those of its target: URLs with a
  // blank between them.
  static constexpr std::string_view name = "target origins";
  // Those of the target of a run.
  static Origins of(const text::Names& names);
  // How addresses of them begin, for people: "https://app.example.com/".
  static std::vector<std::string> addresses(const text::Names& names);

  void add(const Url& url) { all_.insert(origin_key(url)); }
  bool has(const Url& url) const { return all_.contains(origin_key(url)); }

 private:
  std::set<std::string> all_;
};

// Whether the configuration alone chooses the origin of this address: what stands before its path
// names nothing but target.*, identity.* and location, and none of `captured`. Such an origin is as
// good as listed.
bool is_configured(const text::Template& address, std::span<const std::string> captured = {});

// For people: `url` got no credentials, and what to do if it should get them.
std::string no_own_origin(const Url& url);

}  // namespace sonde::net
