#include "daemon/access/web_config.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "config/file.hpp"
#include "config/load.hpp"

namespace sonde::access {
namespace {

namespace fs = std::filesystem;
using config::Mistakes;
using config::Reader;
using config::Value;

constexpr std::size_t pem_max = std::size_t{1024} * 1024;
constexpr std::string_view tls_key = "tls_server_config";

bool is_blank(std::string_view yaml) {
  while (!yaml.empty()) {
    const std::string_view line = yaml.substr(0, yaml.find('\n'));
    yaml.remove_prefix(std::min(yaml.size(), line.size() + 1));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#' && line != "---") return false;
  }
  return true;
}

// One load: reads the file and what it names.
class WebConfigLoad {
 public:
  WebConfigLoad(const fs::path& file, Mistakes& mistakes, WatchedFiles& watched)
      : file_(file), mistakes_(mistakes), watched_(watched) {}

  std::optional<WebConfig> run();

 private:
  std::optional<std::string> read(const fs::path& path, std::size_t bytes_max, std::string& why);
  void wrong(std::string_view key, std::string text) const;
  void warn(std::string_view key, std::string text) const;
  void check_given(std::string_view key, bool in_line, bool in_file, bool required) const;
  std::string material(std::string_view key, const std::string& inline_text,
                       const std::string& name);
  void tell(const TlsMistake& mistake) const;
  void take_unsupported(Value& root) const;
  void check_clients(const TlsServerSettings& tls) const;
  void check_readers(const TlsServerSettings& tls) const;
  void skip_files(const TlsServerSettings& tls) const;
  void load_tls(WebConfig& config);

  const fs::path& file_;
  Mistakes& mistakes_;
  WatchedFiles& watched_;
  Value root_;
};

std::optional<std::string> WebConfigLoad::read(const fs::path& path, std::size_t bytes_max,
                                               std::string& why) {
  watched_.emplace_back(path, version_of(path));
  auto text = config::read_file(path, bytes_max);
  if (text) return std::move(*text);
  why = text.error();
  return std::nullopt;
}

void WebConfigLoad::wrong(std::string_view key, std::string text) const {
  Reader(mistakes_).at(tls_key).at(key).wrong(value_at(root_, {tls_key, key}).place,
                                              std::move(text));
}

void WebConfigLoad::warn(std::string_view key, std::string text) const {
  Reader(mistakes_).at(tls_key).at(key).warn(value_at(root_, {tls_key, key}).place,
                                             std::move(text));
}

// Whether `key` or `key`_file is there as it has to be.
void WebConfigLoad::check_given(std::string_view key, bool in_line, bool in_file,
                                bool required) const {
  const std::string file_key = std::string(key) + "_file";
  if (in_line && in_file) wrong(file_key, std::string(key) + " is given too; write one of them");
  if (required && !in_line && !in_file)
    wrong(key, "missing; write " + std::string(key) + " or " + file_key);
}

// The PEM text of `key`, or of the file that `key`_file names.
std::string WebConfigLoad::material(std::string_view key, const std::string& inline_text,
                                    const std::string& name) {
  if (name.empty()) return inline_text;
  std::string why;
  const fs::path path = file_.parent_path() / name;
  if (auto text = read(path, pem_max, why)) return std::move(*text);
  wrong(std::string(key) + "_file", path.string() + " " + why);
  return "";
}

// Keys of the format that Sonde does not have, by name.
void WebConfigLoad::take_unsupported(Value& root) const {
  const auto limit = std::ranges::find(root.entries, "rate_limit", &Value::Entry::name);
  if (limit == root.entries.end()) return;
  Reader(mistakes_)
      .at("rate_limit")
      .wrong(limit->place,
             "is not supported: the daemon has limits of its own for connections and requests");
  root.entries.erase(limit);
}

void WebConfigLoad::check_clients(const TlsServerSettings& tls) const {
  using enum ClientAuth;
  const bool has_ca = !tls.client_ca.empty() || !tls.client_ca_file.empty();
  const bool required = tls.client_auth == require_any || tls.client_auth == verify;
  if (has_ca && tls.client_auth == none)
    wrong("client_auth_type",
          "a client_ca is given, but clients are not asked; RequireAndVerifyClientCert does");
  if (tls.client_auth == verify && !has_ca)
    wrong("client_auth_type",
          "RequireAndVerifyClientCert without client_ca or client_ca_file is not supported: no "
          "client could prove anything");
  if (tls.client_auth == verify_if_given && !has_ca)
    warn("client_auth_type", "without a client_ca every certificate is refused");
  if (tls.client_auth == request || tls.client_auth == require_any)
    warn("client_auth_type",
         "accepts every certificate, also one that a client has made itself; "
         "RequireAndVerifyClientCert keeps others out");
  if (!tls.client_allowed_sans.empty() && !required)
    wrong("client_allowed_sans",
          "needs RequireAndVerifyClientCert or RequireAnyClientCert, or a client without a "
          "certificate would get in");
}

void WebConfigLoad::check_readers(const TlsServerSettings& tls) const {
  const bool in_file = !tls.key_file.empty();
  const fs::path path = in_file ? file_.parent_path() / tls.key_file : file_;
  if (config::readable_by_all(path))
    warn(in_file ? "key_file" : "key", "every user of this machine can read it; chmod 600");
}

void WebConfigLoad::skip_files(const TlsServerSettings& tls) const {
  for (const std::string* file : {&tls.cert_file, &tls.key_file, &tls.client_ca_file})
    if (!file->empty()) mistakes_.skipped("file " + (file_.parent_path() / *file).string());
}

void WebConfigLoad::tell(const TlsMistake& mistake) const {
  const Value& at = value_at(root_, {tls_key});
  const std::string file_key = std::string(mistake.key) + "_file";
  const bool in_file = at.find(mistake.key) == nullptr && at.find(file_key) != nullptr;
  wrong(in_file ? std::string_view(file_key) : mistake.key, mistake.text);
}

void WebConfigLoad::load_tls(WebConfig& config) {
  const TlsServerSettings& tls = *config.settings.tls;
  check_clients(tls);
  check_given("cert", !tls.cert.empty(), !tls.cert_file.empty(), true);
  check_given("client_ca", !tls.client_ca.empty(), !tls.client_ca_file.empty(), false);
  check_given("key", !tls.key.empty(), !tls.key_file.empty(), true);
  if (const auto good = TlsServer::check(tls); !good) tell(good.error());
  if (!mistakes_.reads_secrets()) return skip_files(tls);
  const TlsMaterial material{
      .cert = this->material("cert", tls.cert, tls.cert_file),
      .client_ca = this->material("client_ca", tls.client_ca, tls.client_ca_file),
      .key = Hidden(this->material("key", tls.key.reveal(), tls.key_file))};
  if (mistakes_.any()) return;
  check_readers(tls);
  auto made = TlsServer::make(tls, material, !config.settings.excluded_paths.empty());
  if (!made) return tell(made.error());
  config.tls = std::move(*made);
  if (config.tls->is_out_of_date())
    warn(tls.cert_file.empty() ? "cert" : "cert_file",
         "the certificate is not valid now; clients that verify it will refuse it");
}

std::optional<WebConfig> WebConfigLoad::run() {
  std::string why;
  const auto yaml = read(file_, config::file_bytes_max, why);
  const config::Place place{std::make_shared<const std::string>(file_.string()), 0, 0};
  if (!yaml) mistakes_.add(place, "", why);
  if (!yaml) return std::nullopt;
  WebConfig config;
  if (is_blank(*yaml)) return config;
  auto root = config::parse(*yaml, file_.string(), mistakes_);
  if (!root) return std::nullopt;
  root_ = std::move(*root);
  take_unsupported(root_);
  if (!config::section<WebSettings>().read(root_, Reader(mistakes_), config.settings))
    return std::nullopt;
  check_settings(config.settings, root_, mistakes_);
  if (config.settings.tls) load_tls(config);
  if (mistakes_.any()) return std::nullopt;
  return config;
}

}  // namespace

bool asks(const WebConfig& config) {
  const auto& tls = config.settings.tls;
  return (tls && tls->client_auth == ClientAuth::verify) || !config.settings.users.empty();
}

FileVersion version_of(const fs::path& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) return {};
  constexpr std::int64_t billion = 1'000'000'000;
  return {.exists = true,
          .device = facts.st_dev,
          .inode = facts.st_ino,
          .size = static_cast<std::uint64_t>(facts.st_size),
          .changed = facts.st_ctim.tv_sec * billion + facts.st_ctim.tv_nsec};
}

std::optional<WebConfig> load_web_config(const fs::path& file, Mistakes& mistakes,
                                         WatchedFiles& watched) {
  watched.clear();
  return WebConfigLoad(file, mistakes, watched).run();
}

}  // namespace sonde::access
