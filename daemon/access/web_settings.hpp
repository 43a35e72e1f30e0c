#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "daemon/access/hidden.hpp"

namespace sonde::access {

// The keys of a web configuration, in the format of Prometheus' exporter-toolkit
// (docs/web-configuration.md there), with `auth_excluded_paths` as proposed for it.

// What is asked of a client's certificate; the names are those of Go's tls.ClientAuthType.
enum class ClientAuth : std::uint8_t { none, request, require_any, verify_if_given, verify };
std::span<const config::Named<ClientAuth>> names_of(const ClientAuth*);

enum class TlsVersion : std::uint8_t { tls12, tls13 };
std::span<const config::Named<TlsVersion>> names_of(const TlsVersion*);

struct TlsServerSettings {
  std::string cert, cert_file;  // PEM, or a file of it; a relative path is below the file's folder
  Hidden key;
  std::string key_file;
  ClientAuth client_auth = ClientAuth::none;
  std::string client_ca, client_ca_file;
  std::vector<std::string> client_allowed_sans;  // empty: every name
  TlsVersion min_version = TlsVersion::tls12, max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites;  // IANA names; empty: OpenSSL's default
  bool prefer_server_cipher_suites = true;
  std::vector<std::string> curve_preferences;  // Go's names; empty: OpenSSL's default
};
const config::Section<TlsServerSettings>& section_of(const TlsServerSettings*);

struct HttpServerSettings {
  std::optional<bool> http2;
  std::map<std::string, std::string> headers;  // added to every answer
};
const config::Section<HttpServerSettings>& section_of(const HttpServerSettings*);

struct WebSettings {
  std::optional<TlsServerSettings> tls;  // empty: plain HTTP
  HttpServerSettings http;
  std::map<std::string, Hidden> users;  // names and bcrypt hashes; empty: no password is asked
  std::vector<std::string> excluded_paths;
};
const config::Section<WebSettings>& section_of(const WebSettings*);

// Reports values that the types of the keys allow and the format does not: headers, hashes, paths,
// HTTP/2, and suites with which the exporter-toolkit refuses to start. `root`: where they stand.
void check_settings(const WebSettings& settings, const config::Value& root,
                    config::Mistakes& mistakes);

// Where a key stands, or the innermost mapping around it that is there.
const config::Value& value_at(const config::Value& root,
                              std::initializer_list<std::string_view> path);

}  // namespace sonde::access
