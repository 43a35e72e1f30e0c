#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/codec.hpp"
#include "config/secret.hpp"
#include "config/section.hpp"
#include "probes/auth/lockout.hpp"

namespace sonde::session {

// Whether sessions or logins of one user may share what one of them is given.
enum class SameUser : std::uint8_t { allow, forbid };
std::span<const config::Named<SameUser>> names_of(const SameUser*);

// What services call the name of a user, the surest first, in lower case and without "_" and "-".
inline constexpr std::array<std::string_view, 15> user_keys = {
    "username",  "user",    "useremail",   "email",      "mail", "emailaddress", "login", "loginid",
    "loginname", "account", "accountname", "identifier", "upn",  "uid",          "name"};
// The place of a key among them, whatever its case and separators; their number: it is none.
std::size_t rank_of_user_key(std::string_view key);
inline bool names_a_user(std::string_view key) { return rank_of_user_key(key) < user_keys.size(); }

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
  std::optional<auth::LockoutRules> lockout;  // of its accounts whose login has no `lockout`
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
