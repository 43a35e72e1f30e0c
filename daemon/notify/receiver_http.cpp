#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

const config::Section<ReceiverHttp>& section_of(const ReceiverHttp*) {
  static const auto keys =
      config::Section<ReceiverHttp>()
          .key("timeout", &ReceiverHttp::timeout, "How long a delivery may take.",
               {.min = 0.1, .max = 60})
          .key("headers", &ReceiverHttp::headers,
               "Headers of each request; a value may be a secret by reference.")
          .also(&ReceiverHttp::line, config::section<net::ConnectionOptions>());
  return keys;
}

std::expected<Prepared, std::string> post_json(const HookUrl& url, const ReceiverHttp& http,
                                               std::string body) {
  return post_body(url, http, std::move(body), "application/json");
}

std::expected<Prepared, std::string> post_body(const HookUrl& url, const ReceiverHttp& http,
                                               std::string body, std::string content_type) {
  auto where = url.reveal();
  if (!where) return std::unexpected(where.error());
  Prepared prepared{.request = {.method = "POST",
                                .url = std::move(*where),
                                .headers = {{"Content-Type", std::move(content_type)}},
                                .body = std::move(body)},
                    .secrets = {}};
  if (url.is_secret())
    prepared.secrets = {prepared.request.url.text(), prepared.request.url.target};
  for (const auto& [name, value] : http.headers) {
    auto text = value.reveal();
    if (!text) return std::unexpected("header " + name + ": " + text.error());
    if (!value.secret.empty()) prepared.secrets.push_back(*text);
    prepared.request.headers.emplace_back(name, std::move(*text));
  }
  return prepared;
}

}  // namespace sonde::notify
