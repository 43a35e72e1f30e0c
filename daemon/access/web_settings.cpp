#include "daemon/access/web_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "daemon/access/bcrypt.hpp"
#include "daemon/access/tls_names.hpp"

namespace sonde::access {
namespace {

using config::Mistakes;
using config::Reader;
using config::Value;

constexpr std::size_t users_max = 1000;
constexpr int slow_cost = 15;  // about two seconds a check

// A header that may be set, and its only values; empty: any.
struct AllowedHeader {
  std::string_view name;
  std::vector<std::string_view> values;
};
const std::vector<AllowedHeader>& allowed_headers() {
  static const std::vector<AllowedHeader> all = {{"Strict-Transport-Security", {}},
                                                 {"X-Content-Type-Options", {"nosniff"}},
                                                 {"X-Frame-Options", {"deny", "sameorigin"}},
                                                 {"X-XSS-Protection", {}},
                                                 {"Content-Security-Policy", {}}};
  return all;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::iscntrl(c) != 0; });
}

void check_header(const Value::Entry& entry, const Reader& reader) {
  std::vector<std::string_view> names;
  for (const AllowedHeader& header : allowed_headers()) names.push_back(header.name);
  const auto known = std::ranges::find(allowed_headers(), entry.name, &AllowedHeader::name);
  if (known == allowed_headers().end())
    return reader.wrong(
        entry.place, fmt::format("this header cannot be set; allowed: {}", fmt::join(names, ", ")));
  const std::string& value = entry.value.text;
  if (has_control(value))
    return reader.wrong(entry.value.place, "a header cannot have line ends or controls");
  const auto& values = known->values;
  if (!values.empty() && std::ranges::find(values, value) == values.end())
    reader.wrong(entry.value.place, fmt::format("expected {}", fmt::join(values, " or ")));
}

void check_http(const HttpServerSettings& http, const Value& root, const Reader& reader) {
  if (http.http2 == true)
    reader.at("http2").wrong(value_at(root, {"http_server_config", "http2"}).place,
                             "HTTP/2 is not supported; write false, or leave the key out");
  const Value* server = root.find("http_server_config");
  const Value* headers = server != nullptr ? server->find("headers") : nullptr;
  if (headers == nullptr) return;
  for (const Value::Entry& entry : headers->entries)
    check_header(entry, reader.at("headers").at(entry.name));
}

// The exporter-toolkit does not start with such suites unless http2 is false, because HTTP/2
// requires one of two (RFC 9113 section 9.2.2); a file shall mean the same for both.
void check_suites(const WebSettings& settings, const Value& root, const Reader& reader) {
  const auto& suites = settings.tls->cipher_suites;
  const auto unknown =
      std::ranges::find_if(suites, [](const auto& suite) { return !cipher_suite(suite); });
  if (unknown != suites.end())
    return reader.at("cipher_suites")
        .wrong(value_at(root, {"tls_server_config", "cipher_suites"}).place,
               config::no_such("cipher suite", *unknown, cipher_names()));
  if (suites.empty() || settings.http.http2 == false ||
      settings.tls->min_version == TlsVersion::tls13)
    return;
  const bool fits = std::ranges::any_of(suites, [](std::string_view suite) {
    return suite == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" ||
           suite == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  });
  if (fits) return;
  reader.at("cipher_suites")
      .wrong(value_at(root, {"tls_server_config", "cipher_suites"}).place,
             "HTTP/2, which is on by default, needs TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or "
             "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; add one, or write "
             "`http_server_config: { http2: false }`");
}

void check_users(const WebSettings& settings, const Value& root, const Reader& reader) {
  const Value& users = value_at(root, {"basic_auth_users"});
  if (settings.users.size() > users_max)
    reader.wrong(users.place, fmt::format("more than {} users", users_max));
  for (const auto& [name, hash] : settings.users) {
    const Value& at = value_at(users, {name});
    const Reader here = reader.at(name);
    if (name.empty() || name.contains(':') || has_control(name))
      here.wrong(at.place, "a name has at least one character, and no colon");
    const auto cost = bcrypt_cost(hash.reveal());
    if (!cost) here.wrong(at.place, cost.error());
    if (cost && *cost >= slow_cost)
      here.warn(at.place, fmt::format("a cost of {} takes seconds at each first login; 10 to 12 is "
                                      "usual",
                                      *cost));
  }
}

// Paths that show nothing of what is watched, or only what `page` shows to people outside.
bool is_harmless(std::string_view path) {
  static constexpr std::array<std::string_view, 4> all = {"/-/healthy", "/-/ready", "/public",
                                                          "/public/logo"};
  return std::ranges::find(all, path) != all.end();
}

void check_paths(const WebSettings& settings, const Value& root, const Reader& reader) {
  const Value& at = value_at(root, {"auth_excluded_paths"});
  for (const std::string& path : settings.excluded_paths) {
    if (!path.starts_with('/'))
      reader.wrong(at.place, config::quote(path) + " is not a path; it begins with /");
    else if (!is_harmless(path))
      reader.warn(at.place, "whoever reaches the port reads " + config::quote(path) +
                                ", with what is watched and what fails; /-/healthy and /-/ready "
                                "show nothing of that, /public only what `page` lists");
  }
}

}  // namespace

const Value& value_at(const Value& root, std::initializer_list<std::string_view> path) {
  const Value* at = &root;
  for (const std::string_view name : path) {
    const Value* next = at->find(name);
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

void check_settings(const WebSettings& settings, const Value& root, Mistakes& mistakes) {
  const Reader reader(mistakes);
  check_http(settings.http, root, reader.at("http_server_config"));
  if (settings.tls) check_suites(settings, root, reader.at("tls_server_config"));
  check_users(settings, root, reader.at("basic_auth_users"));
  check_paths(settings, root, reader.at("auth_excluded_paths"));
}

std::span<const config::Named<ClientAuth>> names_of(const ClientAuth*) {
  using enum ClientAuth;
  static constexpr std::array<config::Named<ClientAuth>, 6> names = {
      {{"NoClientCert", none},
       {"RequestClientCert", request},
       {"RequireAnyClientCert", require_any},
       {"RequireClientCert", require_any},  // an older name of the exporter-toolkit
       {"VerifyClientCertIfGiven", verify_if_given},
       {"RequireAndVerifyClientCert", verify}}};
  return names;
}

std::span<const config::Named<TlsVersion>> names_of(const TlsVersion*) {
  static constexpr std::array<config::Named<TlsVersion>, 2> names = {
      {{"TLS12", TlsVersion::tls12}, {"TLS13", TlsVersion::tls13}}};
  return names;
}

const config::Section<TlsServerSettings>& section_of(const TlsServerSettings*) {
  using S = TlsServerSettings;
  static const auto keys =
      config::Section<S>()
          .key("cert", &S::cert, "The certificate and its chain, PEM.")
          .key("cert_file", &S::cert_file, "The same as a file.")
          .key("key", &S::key, "The private key, PEM.")
          .key("key_file", &S::key_file, "The same as a file.")
          .key("client_auth_type", &S::client_auth, "What is asked of clients' certificates.")
          .key("client_ca", &S::client_ca, "The authorities of clients' certificates, PEM.")
          .key("client_ca_file", &S::client_ca_file, "The same as a file.")
          .key("client_allowed_sans", &S::client_allowed_sans,
               "Names of which a client's certificate has one: DNS, IP, e-mail or URI.")
          .key("min_version", &S::min_version, "The lowest version of TLS.")
          .key("max_version", &S::max_version, "The highest version of TLS.")
          .key("cipher_suites", &S::cipher_suites, "The suites of TLS 1.2.")
          .key("prefer_server_cipher_suites", &S::prefer_server_cipher_suites,
               "The order of cipher_suites counts, not the client's.")
          .key("curve_preferences", &S::curve_preferences, "The curves of the key exchange.");
  return keys;
}

const config::Section<HttpServerSettings>& section_of(const HttpServerSettings*) {
  using S = HttpServerSettings;
  static const auto keys = config::Section<S>()
                               .key("http2", &S::http2, "false; HTTP/2 is not supported.")
                               .key("headers", &S::headers, "Headers of every answer.");
  return keys;
}

const config::Section<WebSettings>& section_of(const WebSettings*) {
  using S = WebSettings;
  static const auto keys =
      config::Section<S>()
          .key("tls_server_config", &S::tls, "HTTPS instead of HTTP.")
          .key("http_server_config", &S::http, "Answers.")
          .key("basic_auth_users", &S::users, "Names and bcrypt hashes of passwords.")
          .key("auth_excluded_paths", &S::excluded_paths,
               "Paths that may be read without a password or a certificate.");
  return keys;
}

}  // namespace sonde::access
