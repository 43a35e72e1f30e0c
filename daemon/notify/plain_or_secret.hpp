#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/codec.hpp"
#include "probes/net/url.hpp"

namespace sonde::notify {

// Of a text that is not to be shown, and can be told from others by it.
std::string short_digest(std::string_view text);

// A text of the configuration that stands there as it is, or is a secret by reference.
struct PlainOrSecret {
  std::string text;                        // if it is no secret
  config::Secret secret;                   // read anew at each use
  std::optional<std::string> pinned = {};  // the secret as it was; read no more
  bool empty() const { return text.empty() && secret.empty(); }
  // The error says what is wrong with the secret, and shows none of it.
  std::expected<std::string, std::string> reveal() const;
};

// The same for an http or https URL. Without a path it ends in "/".
struct HookUrl {
  PlainOrSecret text;
  bool is_secret() const { return !text.secret.empty(); }
  std::expected<net::Url, std::string> reveal() const;
  // Where it leads, for people: scheme and host, or where the secret is.
  std::string place() const;
  // A digest of all of it; empty: the secret cannot be read.
  std::string digest() const;
  // The same, that stays where it leads now; nothing: the secret cannot be read.
  std::optional<HookUrl> pinned() const;
};

}  // namespace sonde::notify

namespace sonde::config {

template <>
struct Codec<notify::PlainOrSecret> {
  static bool read(const Value&, const Reader&, const Rule&, notify::PlainOrSecret& out);
  static Value schema(const Rule& rule) {
    return schema_any_of({schema_text(rule), schema_secret()});
  }
  static std::string show(const notify::PlainOrSecret& value) { return value.text; }
};

template <>
struct Codec<notify::HookUrl> {
  static bool read(const Value&, const Reader&, const Rule&, notify::HookUrl& out);
  static Value schema(const Rule& rule) { return Codec<notify::PlainOrSecret>::schema(rule); }
  static std::string show(const notify::HookUrl& url) { return url.text.text; }
};

}  // namespace sonde::config
