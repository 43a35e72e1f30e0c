#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/codec.hpp"
#include "probes/net/url.hpp"

namespace sonde::notify {

// A short digest that tells texts apart without showing them.
std::string short_digest(std::string_view text);

// A configured text: either plain, or a reference to a secret.
struct PlainOrSecret {
  std::string text;                        // if it is not a secret
  config::Secret secret;                   // read again at each use
  std::optional<std::string> pinned = {};  // the secret as it was; not read again
  bool empty() const { return text.empty() && secret.empty(); }
  // The error says why the secret cannot be read, and does not contain it.
  std::expected<std::string, std::string> reveal() const;
  // Keeps the secret as it is now; false: it cannot be read.
  bool pin();
};

// The same where it is always a secret.
struct SecretText : PlainOrSecret {};

// An http or https URL, plain or secret. A URL without a path gets "/".
struct HookUrl {
  PlainOrSecret text;
  bool is_secret() const { return !text.secret.empty(); }
  std::expected<net::Url, std::string> reveal() const;
  // For display: scheme and host, or where the secret is stored.
  std::string place() const;
  // A digest of the whole URL; empty: the secret cannot be read.
  std::string digest() const;
  // Keeps the URL as it is now; false: the secret cannot be read.
  bool pin() { return text.pin(); }
};

// The same where the URL alone is sufficient to post, so that it is always a secret.
struct SecretUrl : HookUrl {};

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
struct Codec<notify::SecretText> {
  static bool read(const Value& value, const Reader& reader, const Rule&, notify::SecretText& out) {
    return read_secret(value, reader, out.secret);
  }
  static Value schema(const Rule&) { return schema_secret(); }
  static std::string show(const notify::SecretText&) { return ""; }
};

template <>
struct Codec<notify::HookUrl> {
  static bool read(const Value&, const Reader&, const Rule&, notify::HookUrl& out);
  static Value schema(const Rule& rule) { return Codec<notify::PlainOrSecret>::schema(rule); }
  static std::string show(const notify::HookUrl& url) { return url.text.text; }
};

template <>
struct Codec<notify::SecretUrl> {
  static bool read(const Value&, const Reader&, const Rule&, notify::SecretUrl& out);
  static Value schema(const Rule&) { return schema_secret(); }
  static std::string show(const notify::SecretUrl&) { return ""; }
};

}  // namespace sonde::config
