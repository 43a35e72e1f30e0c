#include "probes/session/endpoint.hpp"

#include <utility>

#include "probes/net/origins.hpp"
#include "probes/session/endpoint_discovery.hpp"

namespace sonde::session {
namespace {

std::unexpected<Failure> bad_socket_address(const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "url: " + why});
}

std::expected<net::Url, Failure> parsed(const std::string& text) {
  auto url = parse_socket_url(text);
  if (!url) return bad_socket_address(url.error());
  return *std::move(url);
}

}  // namespace

std::expected<net::Url, std::string> parse_socket_url(std::string_view text) {
  auto url = net::parse_url(text);
  if (url && url->scheme != "ws" && url->scheme != "wss")
    return std::unexpected("a ws:// or wss:// address is wanted, not " + url->scheme + "://");
  return url;
}

const config::Section<Discover>& section_of(const Discover*) {
  static const auto keys =
      config::Section<Discover>()
          .key("page", &Discover::page, "The page that a user opens.",
               {.required = true, .filled = true})
          .key("follow", &Discover::follow,
               "What else is searched: the scripts that the page names, or nothing.")
          .key("match", &Discover::match,
               "Pattern (RE2) of the WebSocket address; its first group, or all of it, is an "
               "absolute address or a path.",
               {.required = true});
  return keys;
}

std::span<const config::Named<Discover::Follow>> names_of(const Discover::Follow*) {
  static constexpr config::Named<Discover::Follow> names[] = {
      {"scripts", Discover::Follow::scripts}, {"nothing", Discover::Follow::nothing}};
  return names;
}

const config::Section<Endpoint>& section_of(const Endpoint*) {
  static const auto keys =
      config::Section<Endpoint>()
          .key("discover", &Endpoint::discover, "How the address is found that the product ships.",
               {.required = true})
          .key("expected", &Endpoint::address,
               "The address that it has to be; another one is endpoint_drift.", {.filled = true});
  return keys;
}

void add_needs(const Endpoint& endpoint, text::Needs& needs) {
  needs.add_socket_url(endpoint.address);
  if (endpoint.discover) needs.add_url(endpoint.discover->page);
}

std::expected<net::Url, Failure> address_of(const text::Template& address, text::Names& names) {
  auto rendered = address.render(names);
  if (!rendered) return bad_socket_address(rendered.error());
  return parsed(*rendered);
}

std::expected<net::Url, Failure> address_of(const Endpoint& endpoint, text::Names& names) {
  const std::string* found = endpoint.discover ? names.find(shipped_address) : nullptr;
  return found != nullptr ? parsed(*found) : address_of(endpoint.address, names);
}

bool is_own(const net::Url& url, const text::Template& address, const text::Names& names) {
  return net::is_configured(address) || net::Origins::of(names).has(url);
}

bool is_own(const net::Url& url, const Endpoint& endpoint, text::Names& names) {
  if (!endpoint.discover) return is_own(url, endpoint.address, names);
  net::Origins own = net::Origins::of(names);
  for (const text::Template* written : {&endpoint.discover->page, &endpoint.address}) {
    const auto text = net::is_configured(*written) ? written->render(names) : "";
    const auto known = net::parse_url(text.value_or(""));
    if (known) own.add(*known);
  }
  return own.has(url);
}

}  // namespace sonde::session

namespace sonde::config {

bool Codec<session::Endpoint>::read(const Value& value, const Reader& reader, const Rule& rule,
                                    session::Endpoint& out) {
  out = session::Endpoint{};
  if (value.kind != Value::Kind::map)
    return Codec<text::Template>::read(value, reader, rule, out.address);
  return section<session::Endpoint>().read(value, reader, out);
}

Value Codec<session::Endpoint>::schema(const Rule& rule) {
  return schema_any_of(
      {Codec<text::Template>::schema(rule), section<session::Endpoint>().schema()});
}

}  // namespace sonde::config
