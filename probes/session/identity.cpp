#include "probes/session/identity.hpp"

#include <algorithm>
#include <array>

#include "probes/net/url.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::session {

const config::Section<Target>& section_of(const Target*) {
  static const auto keys =
      config::Section<Target>()
          .key("http", &Target::http, "Base URL of the HTTP interface: {{target.http}}.")
          .key("auth", &Target::auth, "Base URL of the login: {{target.auth}}.")
          .key("ws", &Target::ws, "Base URL of the WebSocket: {{target.ws}}.")
          .key("origins", &Target::origins,
               "Further origins that may be sent this target's credentials, such as "
               "https://id.example.com; http, auth and ws are among them anyway.")
          .key("vars", &Target::vars, "Values of this target: {{target.NAME}}.")
          .key("identities", &Target::identities,
               "Identities of this target, before the common ones of the same name.")
          .key("lockout", &Target::lockout,
               "When to stop showing the password of an account that is refused, in logins and "
               "wherever else a probe shows it; the `lockout` of a login comes before it.");
  return keys;
}

// "user_name" and "userName" are one.
std::size_t rank_of_user_key(std::string_view key) {
  std::string plain = text::lowered(key);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
  return static_cast<std::size_t>(std::ranges::find(user_keys, plain) - user_keys.begin());
}

std::span<const config::Named<SameUser>> names_of(const SameUser*) {
  static constexpr config::Named<SameUser> names[] = {{"allow", SameUser::allow},
                                                      {"forbid", SameUser::forbid}};
  return names;
}

}  // namespace sonde::session

namespace sonde::config {
namespace {

bool names_a_secret(std::string_view name) {
  constexpr std::array words = {"password", "secret", "token", "key", "passphrase"};
  return std::ranges::any_of(words, [&](auto w) { return name.find(w) != name.npos; });
}

}  // namespace

bool Codec<session::Identity>::read(const Value& value, const Reader& reader, const Rule&,
                                    session::Identity& out) {
  if (!expect(value, reader, Value::Kind::map)) return false;
  bool good = true;
  for (const auto& entry : value.entries) {
    const Reader at = reader.at(entry.name);
    auto& field = out.fields[entry.name];
    if (entry.value.kind == Value::Kind::map || names_a_secret(entry.name))
      good &= read_secret(entry.value, at, field.emplace<Secret>());
    else
      good &= read_text(entry.value, at, {}, field.emplace<std::string>());
  }
  return good;
}

bool Codec<session::ListedOrigin>::read(const Value& value, const Reader& reader, const Rule&,
                                        session::ListedOrigin& out) {
  if (!read_text(value, reader, {.filled = true}, out.text)) return false;
  const auto url = net::parse_url(out.text);
  if (url && url->target == "/") return true;
  reader.wrong(value.place, "an origin such as https://id.example.com is expected here: " +
                                (url ? "it has no path" : url.error()));
  return false;
}

Value Codec<session::Identity>::schema(const Rule&) {
  return schema_named(schema_any_of({schema_text({}), schema_secret()}));
}

}  // namespace sonde::config
