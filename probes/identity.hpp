#pragma once
#include <map>
#include <string>
#include <variant>

#include "config/secret.hpp"
#include "config/section.hpp"

namespace sonde {

// Whom a probe logs in as: names to texts, or to secrets by reference. A value whose name says
// that it is secret (password, secret, token, key) must be a reference.
struct Identity {
  std::map<std::string, std::variant<std::string, config::Secret>> fields;
};

// A place to probe: its base URLs, free variables, and identities of its own, which come before
// the common ones of the same name.
struct Target {
  std::string http, auth, ws;
  std::map<std::string, std::string> vars;
  std::map<std::string, Identity> identities;
};
const config::Section<Target>& section_of(const Target*);

}  // namespace sonde

namespace sonde::config {
template <>
struct Codec<Identity> {
  static bool read(const Value&, const Reader&, const Rule&, Identity& out);
  static Value schema(const Rule&);
  static std::string show(const Identity&) { return ""; }
};
}  // namespace sonde::config
