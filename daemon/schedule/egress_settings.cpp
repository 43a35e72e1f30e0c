#include "daemon/schedule/egress_settings.hpp"

#include <algorithm>
#include <string_view>

#include "probes/net/url.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::schedule {
namespace {

constexpr std::size_t name_max = 200;  // leaves room for a label in front of it

bool is_name(std::string_view text) {
  const auto allowed = [](char c) { return text::is_word(c) || c == '-' || c == '.'; };
  const bool address =
      std::ranges::all_of(text, [](char c) { return text::is_digit(c) || c == '.'; });
  return !text.empty() && text.size() <= name_max && !address &&
         std::ranges::all_of(text, allowed) && !text.starts_with('.') && !text.contains("..");
}

}  // namespace

std::string Reference::title() const {
  if (!dns.empty()) return "dns " + dns;
  return tcp.host.empty() ? "" : "tcp " + config::Codec<HostPort>::show(tcp);
}

const config::Section<Reference>& section_of(const Reference*) {
  static const auto keys =
      config::Section<Reference>()
          .key("dns", &Reference::dns,
               "A name; a fresh name below it is asked for, which no cache knows, and any answer "
               "of its zone will do.")
          .also(&Reference::servers, config::section<net::Dns>())
          .key("tcp", &Reference::tcp, "host:port; it will do if a connection comes about.");
  return keys;
}

const config::Section<EgressSettings>& section_of(const EgressSettings*) {
  static const auto keys =
      config::Section<EgressSettings>()
          .key("every", &EgressSettings::every, "How often the references are asked at least.",
               {.min = 0.1, .max = 3600})
          .key("timeout", &EgressSettings::timeout,
               "How long a round of questions waits for the first answer; no part of the duration "
               "of a run.",
               {.min = 0.05, .max = 30})
          .key("references", &EgressSettings::references,
               "Who answers whenever our own network works: two or more, on different ways out.",
               {.required = true, .min = 1, .max = 8});
  return keys;
}

}  // namespace sonde::schedule

namespace sonde::config {

bool Codec<schedule::HostPort>::read(const Value& value, const Reader& reader, const Rule& rule,
                                     schedule::HostPort& out) {
  std::string text;
  if (!read_text(value, reader, rule, text)) return false;
  const auto url = net::parse_url("https://" + text);
  const bool good = url && url->target == "/" && text.ends_with(":" + std::to_string(url->port));
  if (good)
    out = {.host = url->host, .port = url->port};
  else
    reader.wrong(value.place, "expected host:port, as 192.0.2.1:443 or [2001:db8::1]:443");
  return good;
}

std::string Codec<schedule::HostPort>::show(const schedule::HostPort& where) {
  if (where.host.empty()) return "";
  const bool v6 = where.host.contains(':');
  return (v6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

bool Codec<schedule::Reference>::read(const Value& value, const Reader& reader, const Rule&,
                                      schedule::Reference& out) {
  if (!section<schedule::Reference>().read(value, reader, out)) return false;
  const bool dns = value.find("dns") != nullptr;
  std::string wrong;
  if (dns == (value.find("tcp") != nullptr))
    wrong = "a reference is either { dns: NAME } or { tcp: \"host:port\" }";
  else if (dns && !schedule::is_name(out.dns))
    wrong = "dns: expected a name of at most 200 characters, as example.com";
  else if (!dns && value.find("servers"))
    wrong = "servers: only a reference by dns asks them";
  if (!wrong.empty()) reader.wrong(value.place, wrong);
  return wrong.empty();
}

Value Codec<schedule::Reference>::schema(const Rule&) {
  return section<schedule::Reference>().schema();
}

bool Codec<schedule::EgressSettings>::read(const Value& value, const Reader& reader, const Rule&,
                                           schedule::EgressSettings& out) {
  const auto& keys = section<schedule::EgressSettings>();
  if (!keys.read(value, reader, out)) return false;
  if (out.references.size() == 1)
    reader.warn(value.place,
                "one reference alone decides: when it fails, every failure is taken for ours; "
                "name a second one");
  return true;
}

Value Codec<schedule::EgressSettings>::schema(const Rule&) {
  return section<schedule::EgressSettings>().schema();
}

}  // namespace sonde::config
