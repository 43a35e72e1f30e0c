#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/codec.hpp"
#include "config/secret.hpp"
#include "config/section.hpp"

namespace sonde::session {

// Whether sessions or logins of one user may share what one of them is given.
enum class SameUser : std::uint8_t { allow, forbid };
std::span<const config::Named<SameUser>> names_of(const SameUser*);

// The user that a probe logs in as: fields with a text or a reference to a secret. A field whose
// name marks it as secret (password, secret, token, key) has to be a reference.
struct Identity {
  std::map<std::string, std::variant<std::string, config::Secret>> fields;
};

// An origin that the target's credentials may be sent to: "https://id.example.com", without a path.
struct ListedOrigin {
  std::string text;
};

// A place to probe: its base URLs, further origins of its own, free variables, and its own
// identities, which take precedence over common ones with the same name.
struct Target {
  std::string http, auth, ws;
  std::vector<ListedOrigin> origins;
  std::map<std::string, std::string> vars;
  std::map<std::string, Identity> identities;
};
const config::Section<Target>& section_of(const Target*);

}  // namespace sonde::session

namespace sonde::config {
template <>
struct Codec<session::Identity> {
  static bool read(const Value&, const Reader&, const Rule&, session::Identity& out);
  static Value schema(const Rule&);
  static std::string show(const session::Identity&) { return ""; }
};
template <>
struct Codec<session::ListedOrigin> {
  static bool read(const Value&, const Reader&, const Rule&, session::ListedOrigin& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const session::ListedOrigin& origin) { return origin.text; }
};
}  // namespace sonde::config
