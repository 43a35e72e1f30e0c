#include "daemon/commands/daemon_client.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/access/access.hpp"
#include "daemon/notify/post.hpp"
#include "probes/net/url.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

namespace asio = boost::asio;

constexpr std::size_t answer_max = 16UL * 1024 * 1024;
constexpr std::streamsize password_max = 4096;
constexpr int http_bad_request = 400, http_unauthorized = 401, http_forbidden = 403;

struct KeepAnswer {
  notify::Called* kept;
  void operator()(const std::exception_ptr& thrown, notify::Called called) const {
    if (thrown) std::rethrow_exception(thrown);
    *kept = std::move(called);
  }
};

// The first line of the file, or SONDE_PASSWORD.
std::expected<std::string, std::string> password_of(const app::Flags& flags) {
  if (flags.daemon_password_file.empty()) {
    const char* password = std::getenv("SONDE_PASSWORD");
    return password == nullptr ? "" : password;
  }
  std::ifstream file(flags.daemon_password_file);
  std::string line;
  for (char c = 0; std::cmp_less(line.size(), password_max) && file.get(c) && c != '\n';) line += c;
  if (line.empty())
    return std::unexpected(
        fmt::format("--password.file {}: no password can be read", flags.daemon_password_file));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string explain(const Failure& failure) {
  if (!sonde::name(failure.reason).starts_with("tls_")) return failure.detail;
  return failure.detail +
         "; --ca-file names the authority of the certificate, --server-name the name in it, "
         "--cert-file and --key-file a client certificate";
}

}  // namespace

std::expected<DaemonAnswer, std::string> ask_daemon(const app::Flags& flags,
                                                    std::string_view path) {
  const std::string address = flags.daemon_url + std::string(path);
  auto url = net::parse_url(address);
  if (!url) return std::unexpected(url.error());
  notify::Call call{
      .prepared = {.request = {.method = "GET", .url = *std::move(url), .headers = {}, .body = {}},
                   .secrets = {}},
      .line = {},
      .timeout = std::chrono::seconds(flags.daemon_timeout)};
  call.line.limits.body = answer_max;
  call.line.tls.ca = flags.daemon_ca;
  call.line.tls.cert = flags.daemon_cert;
  call.line.tls.key = flags.daemon_key;
  call.line.tls.server_name = flags.daemon_server_name;
  if (!flags.daemon_user.empty()) {
    const auto password = password_of(flags);
    if (!password) return std::unexpected(password.error());
    const std::string basic = text::base64(flags.daemon_user + ":" + *password);
    call.prepared.request.headers.emplace_back("Authorization", "Basic " + basic);
    call.prepared.secrets = {*password, basic};
  }
  asio::io_context loop{1};
  net::Network network(loop.get_executor());
  notify::LastAddress last;
  notify::Called called;
  auto calling = notify::call(network, std::move(call), last);
  asio::co_spawn(loop, std::move(calling), KeepAnswer{&called});
  loop.run();
  if (!called.answer.ok()) return std::unexpected(explain(called.answer.failure));
  net::Response& response = called.answer.response;
  const std::string* asks = response.header("www-authenticate");
  const bool wants_password =
      response.status == http_unauthorized && asks != nullptr && asks->contains("\"Sonde\"");
  const bool wants_certificate =
      response.status == http_forbidden && response.body.contains(access::certificate_wanted);
  return DaemonAnswer{.status = response.status,
                      .body = std::move(response.body),
                      .wants_password = wants_password,
                      .wants_certificate = wants_certificate};
}

std::expected<std::string, DaemonError> ask_api(const app::Flags& flags, std::string_view path) {
  const auto answer = ask_daemon(flags, path);
  if (!answer)
    return std::unexpected(DaemonError{
        fmt::format("{}: {}", flags.daemon_url, text::printable(answer.error(), true, 300)), true});
  const auto document = text::Document::parse(answer->body);
  const auto root = document ? document->root() : text::Json();
  // The text itself, so that its numbers keep their digits.
  constexpr std::string_view before = R"({"status":"success","data":)", after = "}";
  if (root && answer->body.starts_with(before) && answer->body.ends_with(after))
    return answer->body.substr(before.size(), answer->body.size() - before.size() - after.size());
  if (answer->status == http_bad_request && answer->body.contains("HTTPS"))  // as servers say it
    return std::unexpected(
        DaemonError{fmt::format("{}: the port speaks HTTPS; write https:// in --url, and --ca-file "
                                "if its certificate is of an authority of your own",
                                flags.daemon_url)});
  std::string text = fmt::format("{}: HTTP {}", flags.daemon_url, answer->status);
  if (const auto said = root.member("error").string())
    text += ": " + text::printable(*said, true, 500);
  else
    text += ", which is no answer of a Sonde of this version";
  if (answer->wants_certificate) text += "; give --cert-file and --key-file";
  if (answer->status == http_unauthorized) text += "; give --user and --password.file";
  return std::unexpected(DaemonError{std::move(text)});
}

std::expected<std::string, DaemonError> ask_list(const app::Flags& flags, std::string_view name,
                                                 std::string_view query) {
  constexpr int pages_max = 100, page_size = 1000;
  const std::string list = fmt::format(R"("{}":[)", name);
  std::string all, next;
  for (int page = 0; page < pages_max; ++page) {
    std::string path = fmt::format("/api/v1/{}?limit={}{}", name, page_size, query);
    if (!next.empty()) path += "&after=" + next;
    const auto data = ask_api(flags, path);
    if (!data) return data;
    const auto document = text::Document::parse(*data);
    next = document ? document->root().member("next").string_or_empty() : "";
    const std::string after = next.empty() ? "]}" : fmt::format(R"(],"next":"{}"}})", next);
    const std::size_t before = std::min(data->find(list), data->size() - 1) + list.size();
    if (before + after.size() > data->size() || !data->ends_with(after)) break;
    const std::string_view inside(*data);
    all += page == 0 ? inside.substr(0, before) : ",";
    all += inside.substr(before, inside.size() - before - after.size());
    if (next.empty()) return all + "]}";
  }
  return std::unexpected(DaemonError{
      fmt::format("{}: /api/v1/{} is no list of a Sonde of this version, or has more than {} items",
                  flags.daemon_url, name, pages_max * page_size)});
}

}  // namespace sonde::commands
