#include "daemon/notify/plain_or_secret.hpp"

#include "probes/text/encode.hpp"

namespace sonde::notify {
namespace {

std::expected<net::Url, std::string> parse(const std::string& text) {
  auto url = net::parse_url(text);
  if (url && url->scheme != "http" && url->scheme != "https")
    return std::unexpected("expected an http or https URL");
  return url;
}

}  // namespace

std::string short_digest(std::string_view text) { return text::sha256(text).substr(0, 16); }

std::expected<std::string, std::string> PlainOrSecret::reveal() const {
  if (pinned) return *pinned;
  return secret.empty() ? text : secret.reveal();
}

bool PlainOrSecret::pin() {
  if (secret.empty()) return true;
  auto revealed = reveal();
  if (revealed) pinned = std::move(*revealed);
  return pinned.has_value();
}

std::expected<net::Url, std::string> HookUrl::reveal() const {
  auto revealed = text.reveal();
  if (!revealed) return std::unexpected(revealed.error());
  auto url = parse(*revealed);
  // The error about a URL may contain parts of it.
  if (!url && is_secret())
    return std::unexpected(text.secret.describe() + " holds no http or https URL");
  return url;
}

std::string HookUrl::place() const {
  if (is_secret()) return text.secret.describe();
  const auto url = parse(text.text);
  return url ? url->scheme + "://" + url->authority() : "";
}

std::string HookUrl::digest() const {
  const auto revealed = text.reveal();
  return revealed ? short_digest(*revealed) : "";
}

}  // namespace sonde::notify

namespace sonde::config {

bool Codec<notify::PlainOrSecret>::read(const Value& value, const Reader& reader, const Rule& rule,
                                        notify::PlainOrSecret& out) {
  if (value.kind == Value::Kind::map) return read_secret(value, reader, out.secret);
  return read_text(value, reader, {.filled = rule.filled || rule.required}, out.text);
}

namespace {

// Whether it holds a URL, as far as secrets are read.
bool check_url(const notify::HookUrl& url, const Value& value, const Reader& reader) {
  if (url.is_secret() && !reader.mistakes().reads_secrets()) return true;
  const auto revealed = url.reveal();
  if (!revealed) reader.wrong(value.place, revealed.error());
  return revealed.has_value();
}

}  // namespace

bool Codec<notify::SecretUrl>::read(const Value& value, const Reader& reader, const Rule&,
                                    notify::SecretUrl& out) {
  return read_secret(value, reader, out.text.secret) && check_url(out, value, reader);
}

bool Codec<notify::HookUrl>::read(const Value& value, const Reader& reader, const Rule&,
                                  notify::HookUrl& out) {
  if (value.kind == Value::Kind::scalar && value.text.contains("{{")) {
    reader.wrong(value.place,
                 "no template is filled in here; a URL that contains a secret is written whole as "
                 "{ file: PATH }, { env: NAME } or { credential: NAME }");
    return false;
  }
  if (!Codec<notify::PlainOrSecret>::read(value, reader, {.filled = true}, out.text)) return false;
  return check_url(out, value, reader);
}

}  // namespace sonde::config
