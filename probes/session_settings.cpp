#include "probes/session.hpp"

namespace sonde {

const config::Section<SessionSettings>& section_of(const SessionSettings*) {
  using S = SessionSettings;
  static const auto keys =
      config::Section<S>()
          .key("socket", &S::socket_name,
               "Which of the sockets it uses; keys of a socket may stand in the probe itself.")
          .also(&S::socket, section_of(static_cast<const Socket*>(nullptr)))
          .key("dialect", &S::dialect, "The chat protocol that is spoken.");
  return keys;
}

void add_needs(const SessionSettings& settings, text::Needs& needs) {
  add_needs(settings.socket, needs);
  if (settings.socket.token_in.in != Carrier::In::none) needs.all.push_back({"token", {}});
}

}  // namespace sonde

namespace sonde::config {
namespace {

std::vector<std::string_view> dialect_names() {
  std::vector<std::string_view> names;
  names.reserve(talk::built_in().size());
  for (const auto& [name, dialect] : talk::built_in()) names.push_back(name);
  return names;
}

}  // namespace

using DialectPtr = std::shared_ptr<const talk::Dialect>;

bool Codec<DialectPtr>::read(const Value& value, const Reader& reader, const Rule&,
                             DialectPtr& out) {
  const auto names = dialect_names();
  const auto index = read_name(value, reader, names);
  if (index) out = talk::built_in().at(std::string(names[*index]));
  return index.has_value();
}

Value Codec<DialectPtr>::schema(const Rule&) { return schema_names(dialect_names()); }

}  // namespace sonde::config
