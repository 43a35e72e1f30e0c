#include "probes/net/settings.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "probes/net/tls/tls.hpp"

namespace sonde::net {
namespace {

constexpr double kilo = 1024;
constexpr double mega = 1024 * kilo;

bool is_address(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Splits "[v6]:port" and "v4:port"; a plain IPv6 address keeps its colons.
bool split(std::string_view text, DnsServer& out) {
  const auto colon = text.rfind(':');
  const bool bracket = text.starts_with('[');
  const bool port = colon != std::string_view::npos &&
                    (bracket ? text[colon - 1] == ']' : text.find(':') == colon);
  if (port) {
    const auto end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (error != std::errc{} || stopped != end || out.port == 0) return false;
    text = text.substr(0, colon);
  }
  if (bracket && !text.ends_with(']')) return false;
  out.address = bracket ? text.substr(1, text.size() - 2) : text;
  return is_address(out.address);
}

}  // namespace

std::span<const config::Named<Family>> names_of(const Family*) {
  static constexpr std::array<config::Named<Family>, 4> names = {{{"any", Family::any},
                                                                  {"ipv4", Family::ipv4},
                                                                  {"ipv6", Family::ipv6},
                                                                  {"each", Family::each}}};
  return names;
}

const config::Section<Dns>& section_of(const Dns*) {
  static const auto keys = config::Section<Dns>().key(
      "servers", &Dns::servers,
      "DNS servers to ask, \"ip\" or \"ip:port\"; without them the system's.", {.max = 8});
  return keys;
}

const config::Section<TlsSettings>& section_of(const TlsSettings*) {
  static const auto keys =
      config::Section<TlsSettings>()
          .key("ca", &TlsSettings::ca, "PEM file of the authorities to trust, not the system's.")
          .key("cert", &TlsSettings::cert, "PEM file of the client certificate and its chain.")
          .key("key", &TlsSettings::key, "PEM file of the client certificate's key.")
          .key("server_name", &TlsSettings::server_name,
               "Name sent and verified, when it is not the host of the URL.")
          .key("min_version", &TlsSettings::min_version, "Lowest TLS version accepted.",
               {.one_of = {"1.2", "1.3"}})
          .key("verify", &TlsSettings::verify, "Verify the server's certificate.");
  return keys;
}

const config::Section<Limits>& section_of(const Limits*) {
  static const auto keys =
      config::Section<Limits>()
          .key("header", &Limits::header, "Largest header section of a response.",
               {.min = kilo, .max = mega})
          .key("body", &Limits::body, "Largest body of a response, decoded.",
               {.min = kilo, .max = 64 * mega})
          .key("frame", &Limits::frame, "Largest WebSocket message.",
               {.min = 125, .max = 64 * mega})
          .key("frames", &Limits::frames, "Most WebSocket messages in a run.",
               {.min = 1, .max = 100'000});
  return keys;
}

const config::Section<ConnectionOptions>& section_of(const ConnectionOptions*) {
  static const auto keys =
      config::Section<ConnectionOptions>()
          .key("family", &ConnectionOptions::family, "Which addresses of a name are used.")
          .key("proxy", &ConnectionOptions::proxy, "An HTTP proxy, http://host:port.")
          .key("dns", &ConnectionOptions::dns, "How names are resolved.")
          .key("tls", &ConnectionOptions::tls,
               "How TLS servers are verified, and who we are to them.")
          .key("limits", &ConnectionOptions::limits, "Bounds on what a peer may send.")
          .key("run_headers", &ConnectionOptions::run_headers,
               "Each request names the run that made it, by X-Sonde-Run and traceparent (W3C Trace "
               "Context), so that the service's own logs and traces of it can be found.");
  return keys;
}

const config::Section<Redirects>& section_of(const Redirects*) {
  static const auto keys =
      config::Section<Redirects>()
          .key("follow", &Redirects::follow, "Follow redirects.")
          .key("max", &Redirects::max, "Most redirects followed.", {.min = 1, .max = 20});
  return keys;
}

}  // namespace sonde::net

namespace sonde::config {

bool Codec<net::Proxy>::read(const Value& value, const Reader& reader, const Rule& rule,
                             net::Proxy& out) {
  std::string text;
  if (!read_text(value, reader, rule, text)) return false;
  auto url = net::parse_url(text);
  const bool good = url && url->scheme == "http" && url->target == "/";
  if (!good)
    reader.wrong(value.place, "expected http://host:port" + (url ? "" : ": " + url.error()));
  else
    out.url = std::move(*url);
  return good;
}

std::string Codec<net::Proxy>::show(const net::Proxy& proxy) {
  return proxy.empty() ? "" : "http://" + proxy.url.authority();
}

bool Codec<net::DnsServer>::read(const Value& value, const Reader& reader, const Rule& rule,
                                 net::DnsServer& out) {
  std::string text;
  if (!read_text(value, reader, rule, text)) return false;
  const bool good = net::split(text, out);
  if (!good) reader.wrong(value.place, "expected an IP address, or one with a port");
  return good;
}

std::string Codec<net::DnsServer>::show(const net::DnsServer& server) {
  const bool v6 = server.address.contains(':');
  return (v6 ? "[" : "") + server.address + (v6 ? "]:" : ":") + std::to_string(server.port);
}

bool Codec<net::TlsSettings>::read(const Value& value, const Reader& reader, const Rule&,
                                   net::TlsSettings& out) {
  const auto& keys = section<net::TlsSettings>();
  if (!keys.read(value, reader, out)) return false;
  const std::pair<const char*, std::string*> files[] = {
      {"ca", &out.ca}, {"cert", &out.cert}, {"key", &out.key}};
  for (const auto& [name, path] : files)
    if (const config::Value* written = value.find(name)) *path = beside(written->place, *path);
  if (out.cert.empty() != out.key.empty()) {
    reader.wrong(value.place, out.key.empty() ? "a client certificate (cert) needs its key"
                                              : "a key needs its client certificate (cert)");
    return false;
  }
  if (!reader.mistakes().reads_secrets()) {  // where the files are, the configuration is not yet
    for (const std::string* file : {&out.ca, &out.cert, &out.key})
      if (!file->empty()) reader.mistakes().skipped("file " + *file);
    return true;
  }
  const auto checked = net::check(out);
  if (!checked) reader.wrong(value.place, checked.error());
  return checked.has_value();
}

Value Codec<net::TlsSettings>::schema(const Rule&) { return section<net::TlsSettings>().schema(); }

}  // namespace sonde::config
