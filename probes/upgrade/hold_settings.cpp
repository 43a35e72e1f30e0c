#include "probes/upgrade/hold.hpp"

namespace sonde::upgrade {

const config::Section<HoldEnd>& section_of(const HoldEnd*) {
  static const auto keys =
      config::Section<HoldEnd>()
          .key("closed", &HoldEnd::codes, "The server must close the session with one of these.",
               {.required = true, .min = 1})
          .key("within", &HoldEnd::within, "How long after the token expired it may do so.",
               {.min = 0.001, .max = 3600});
  return keys;
}

const config::Section<Hold>& section_of(const Hold*) {
  static const auto keys =
      config::Section<Hold>()
          .key("for", &Hold::length, "How long the session is held; the timeout must cover it.",
               {.required = true, .min = 0.01, .max = 3600})
          .key("ping", &Hold::ping, "How often it is pinged, or none.", {.min = 0.01, .max = 3600})
          .key("expect", &Hold::expect,
               "What has to become of it: still_open, or { closed: [4401, 1008], within: 10s }.");
  return keys;
}

}  // namespace sonde::upgrade

namespace sonde::config {

bool Codec<upgrade::PingEvery>::read(const Value& value, const Reader& reader, const Rule& rule,
                                     upgrade::PingEvery& out) {
  if (value.kind == Value::Kind::scalar && value.text == "none") {
    out.every = {};
    return true;
  }
  return read_span(value, reader, rule, out.every);
}

Value Codec<upgrade::PingEvery>::schema(const Rule& rule) {
  return schema_any_of({schema_names({"none"}), schema_span(rule)});
}

bool Codec<upgrade::HoldEnd>::read(const Value& value, const Reader& reader, const Rule&,
                                   upgrade::HoldEnd& out) {
  out = upgrade::HoldEnd{};
  out.closed = value.kind == Value::Kind::map;
  if (out.closed) return config::section<upgrade::HoldEnd>().read(value, reader, out);
  return read_name(value, reader, {"still_open"}).has_value();
}

Value Codec<upgrade::HoldEnd>::schema(const Rule&) {
  return schema_any_of(
      {schema_names({"still_open"}), config::section<upgrade::HoldEnd>().schema()});
}

}  // namespace sonde::config
