#include "probes/session/socket.hpp"

namespace sonde::config {
namespace {

using In = session::TokenPlacement::In;

constexpr Named<In> places[] = {{"header", In::header},
                                {"subprotocol", In::subprotocol},
                                {"query", In::query},
                                {"cookie", In::cookie},
                                {"none", In::none}};

// The short forms, as most servers want them.
session::TokenPlacement usual(In in) {
  session::TokenPlacement carrier{.in = in, .subprotocols = {}, .expect = {}};
  if (in != In::header) carrier.text = {};
  if (in == In::query) carrier.text = "token={{token}}";
  if (in == In::cookie) carrier.text = "{{cookies}}";
  if (in == In::subprotocol) carrier.subprotocols = {"bearer.{{token}}"};
  return carrier;
}

std::vector<std::string_view> place_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(places));
  for (const auto& [name, in] : places) names.push_back(name);
  return names;
}

bool well_formed(In in, const std::string& text) {
  if (in == In::header) return text.find(": ") != text.npos && text.find(": ") > 0;
  return text.find('=') != text.npos && text.find('=') > 0;
}

bool read_place(const Value::Entry& entry, const Reader& reader, In in,
                session::TokenPlacement& out) {
  const Reader at = reader.at(entry.name);
  out.in = in;
  if (in == In::subprotocol)
    return Codec<std::vector<text::Template>>::read(entry.value, at, {.filled = true},
                                                    out.subprotocols);
  if (!Codec<text::Template>::read(entry.value, at, {.filled = true}, out.text)) return false;
  if (well_formed(in, out.text.text())) return true;
  at.wrong(entry.value.place, in == In::header ? "\"Name: value\" is expected here"
                                               : "\"name=value\" is expected here");
  return false;
}

bool read_full(const Value& value, const Reader& reader, session::TokenPlacement& out) {
  out.text = {};
  bool good = true;
  int found = 0;
  for (const auto& entry : value.entries) {
    if (entry.name == "expect") {
      good &= Codec<text::Template>::read(entry.value, reader.at("expect"), {.filled = true},
                                          out.expect);
      continue;
    }
    const In* in = nullptr;
    for (const auto& [name, place] : places)
      if (name == entry.name && place != In::none) in = &place;
    if (in == nullptr) {
      tell_unknown(entry, reader, {"header", "subprotocol", "query", "cookie", "expect"});
      good = false;
    } else {
      good &= read_place(entry, reader, *in, out);
      ++found;
    }
  }
  if (found != 1)
    reader.wrong(value.place, "one of header, subprotocol, query, cookie is expected");
  return good && found == 1;
}

}  // namespace

bool Codec<session::TokenPlacement>::read(const Value& value, const Reader& reader, const Rule&,
                                          session::TokenPlacement& out) {
  out = session::TokenPlacement{};
  if (value.kind == Value::Kind::map) return read_full(value, reader, out);
  const auto index = read_name(value, reader, place_names());
  if (index) out = usual(places[*index].second);
  return index.has_value();
}

Value Codec<session::TokenPlacement>::schema(const Rule&) {
  std::vector<std::pair<std::string, Value>> keys;
  for (const char* name : {"header", "query", "cookie", "expect"})
    keys.emplace_back(name, schema_text({.filled = true}));
  keys.emplace_back("subprotocol", Codec<std::vector<text::Template>>::schema({}));
  return schema_any_of({schema_names(place_names()), schema_object(std::move(keys), {})});
}

}  // namespace sonde::config
