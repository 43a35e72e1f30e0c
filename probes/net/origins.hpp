#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/url.hpp"
#include "probes/text/template.hpp"

namespace sonde::net {

// The origin of a URL as one text: encrypted or not, host and port. ws counts as http and wss as
// https; a trailing dot of the host and the notation of an IPv6 address make no difference.
std::string origin_key(const Url& url);

// Origins that a target's credentials may be sent to; answers of servers cannot add to them.
class Origins {
 public:
  // The name, which templates cannot use, under which a run keeps its target's origins: URLs
  // separated by spaces.
  static constexpr std::string_view name = "target origins";
  // The origins of a run's target.
  static Origins of(const text::Names& names);
  // The start of URLs at these origins, for people: "https://app.example.com/".
  static std::vector<std::string> addresses(const text::Names& names);

  void add(const Url& url) { all_.insert(origin_key(url)); }
  bool has(const Url& url) const { return all_.contains(origin_key(url)); }

 private:
  std::set<std::string> all_;
};

// Whether the configuration alone determines the origin of this URL: the part before its path uses
// only target.*, identity.* and location, and none of `captured`. Such an origin is as good as a
// listed one.
bool is_configured(const text::Template& address, std::span<const std::string> captured = {});

// Says that `url` got no credentials, and how to configure it if it should get them.
std::string no_own_origin(const Url& url);

}  // namespace sonde::net
