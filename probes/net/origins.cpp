#include "probes/net/origins.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace sonde::net {
namespace {

std::string plain_host(const Url& url) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, url.host.c_str(), &address) == 1) {
    char text[INET6_ADDRSTRLEN];
    return ::inet_ntop(AF_INET6, &address, text, sizeof text) != nullptr ? text : url.host;
  }
  return url.host.ends_with('.') ? url.host.substr(0, url.host.size() - 1) : url.host;
}

// The part before the path, as written: "{{target.ws}}", "https://{{identity.host}}".
std::string_view before_path(std::string_view text) {
  const std::size_t scheme = text.find("://");
  std::size_t at = scheme == text.npos ? 0 : scheme + 3;
  while (at < text.size() && text[at] != '/' && text[at] != '?' && text[at] != '#') {
    const bool opens = text.substr(at).starts_with("{{");
    const std::size_t close = opens ? text.find("}}", at) : text.npos;
    at = close == text.npos ? at + 1 : close + 2;
  }
  return text.substr(0, at);
}

bool is_static(std::string_view name) {
  return name.starts_with("target.") || name.starts_with("identity.") || name == "location";
}

std::vector<Url> listed(const text::Names& names) {
  std::vector<Url> urls;
  const std::string* list = names.find(Origins::name);
  std::string_view rest = list != nullptr ? std::string_view(*list) : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (auto url = parse_url(rest.substr(0, end))) urls.push_back(*std::move(url));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return urls;
}

}  // namespace

std::string origin_key(const Url& url) {
  return fmt::format("{} {} {}", url.tls() ? "tls" : "plain", plain_host(url), url.port);
}

Origins Origins::of(const text::Names& names) {
  Origins origins;
  for (const Url& url : listed(names)) origins.add(url);
  return origins;
}

std::vector<std::string> Origins::addresses(const text::Names& names) {
  std::vector<std::string> all;
  for (const Url& url : listed(names))
    for (const std::string_view scheme : {url.tls() ? "https" : "http", url.tls() ? "wss" : "ws"})
      all.push_back(fmt::format("{}://{}/", scheme, url.authority()));
  return all;
}

bool is_configured(const text::Template& address, std::span<const std::string> captured) {
  const auto start = text::Template::parse(before_path(address.text()));
  return start && std::ranges::all_of(start->names(), [&](const std::string& one) {
           return is_static(one) && std::ranges::find(captured, one) == captured.end();
         });
}

std::string no_own_origin(const Url& url) {
  return fmt::format(
      "{}://{} is no origin of the target, so it got no credentials; if it should get them, list "
      "it "
      "under 'origins' of the target",
      url.scheme, url.authority());
}

}  // namespace sonde::net
