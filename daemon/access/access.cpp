#include "daemon/access/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/log/log.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"

namespace sonde::access {
namespace {

constexpr std::size_t authorization_max = 4096;

// Logs the warnings of a load, and returns its mistakes as one text.
std::string tell(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    if (mistake.warning) log::say(log::Level::warning, config::show(mistake));
    if (!mistake.warning) all += (all.empty() ? "" : "\n") + config::show(mistake);
  }
  return all;
}

bool is_excluded(const WebSettings& settings, const Request& request) {
  return request.reads &&
         std::ranges::find(settings.excluded_paths, request.path) != settings.excluded_paths.end();
}

// What protects the port of a running daemon and would be gone; empty: nothing. A file that is just
// being written is empty, or its end is missing.
std::string lost_protection(const WebConfig& now, const WebConfig& next) {
  const bool tls = now.tls && !next.tls;
  if (!tls && !(asks(now) && !asks(next))) return "";
  return fmt::format("{} would be gone from the port; if that is wanted, restart the daemon",
                     tls ? "TLS" : "passwords and certificates of clients");
}

}  // namespace

std::optional<Credentials> basic_credentials(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  if (authorization.size() > authorization_max) return std::nullopt;
  if (text::lowered(authorization.substr(0, scheme.size())) != scheme) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  std::string digits(
      authorization.substr(std::min(authorization.find_first_not_of(' '), authorization.size())));
  if (digits.find_first_of("-_") != std::string::npos) return std::nullopt;  // base64url
  std::ranges::replace(digits, '+', '-');
  std::ranges::replace(digits, '/', '_');
  auto decoded = text::from_base64url(digits);
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  Credentials credentials{.name = decoded->substr(0, colon),
                          .password = Hidden(decoded->substr(colon + 1))};
  const Hidden wiped(std::move(*decoded));
  return credentials;
}

std::expected<std::unique_ptr<Access>, std::string> Access::open(
    boost::asio::any_io_executor executor, std::filesystem::path file) {
  std::unique_ptr<Access> access(new Access(std::move(executor), std::move(file)));
  if (access->file_.empty()) return access;
  config::Mistakes mistakes;
  auto loaded = load_web_config(access->file_, mistakes, access->watched_);
  const std::string wrong = tell(mistakes);
  if (!loaded) return std::unexpected(wrong);
  access->config_ = std::move(*loaded);
  return access;
}

// As exporters do, which read their files at each request: what counts is what is on the disk.
void Access::refresh() {
  const bool same = std::ranges::all_of(
      watched_, [](const auto& one) { return version_of(one.first) == one.second; });
  if (same) return;
  config::Mistakes mistakes;
  auto loaded = load_web_config(file_, mistakes, watched_);
  const std::string wrong = tell(mistakes);
  const std::string why = loaded ? lost_protection(config_, *loaded) : wrong;
  good_ = why.empty();
  if (!good_) {
    log::say(log::Level::error, "web configuration refused; the old one stays: " + why,
             {{"file", file_.string()}});
    return;
  }
  config_ = std::move(*loaded);
  log::say(log::Level::info, "web configuration read again", {{"file", file_.string()}});
}

std::shared_ptr<const TlsServer> Access::tls() {
  refresh();
  return config_.tls;
}

void Access::decide(const Connection& connection, const Request& request,
                    std::function<void(Decision)> decided) {
  using enum Decision::Kind;
  refresh();
  const WebSettings& settings = config_.settings;
  if (is_excluded(settings, request)) return decided({allowed, false});
  const bool has_to_show = config_.tls && config_.tls->requires_certificate();
  if (has_to_show && !connection.certificate.accepted) return decided({forbidden, false});
  if (settings.users.empty()) return decided({allowed, connection.certificate.verified});
  const auto credentials = basic_credentials(request.authorization);
  if (!credentials) return decided({unauthorized, false});
  passwords_.check(settings.users, credentials->name, credentials->password, connection.address,
                   [decided = std::move(decided)](PasswordChecker::Answer answer) {
                     if (answer == PasswordChecker::Answer::busy) return decided({busy, false});
                     const bool right = answer == PasswordChecker::Answer::right;
                     decided({right ? allowed : unauthorized, right});
                   });
}

std::optional<bool> Access::is_good() const {
  return file_.empty() ? std::nullopt : std::optional(good_);
}

}  // namespace sonde::access
