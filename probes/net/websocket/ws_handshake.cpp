#include "probes/net/websocket/ws_handshake.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

#include "probes/net/http/http_text.hpp"
#include "probes/text/encode.hpp"

namespace sonde::net {
namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

template <std::size_t size>
std::string base64(const unsigned char (&bytes)[size]) {
  return text::base64({reinterpret_cast<const char*>(bytes), size});
}

bool is_handshakes(std::string_view name) {
  return same_word(name, "upgrade") || same_word(name, "connection") ||
         same_word(name.substr(0, 14), "sec-websocket-");
}

std::unexpected<Failure> bad(std::string detail) {
  return std::unexpected(Failure{Reason::bad_handshake, "101, but " + std::move(detail)});
}

// A list may be split over several headers with the name (RFC 9110 section 5.3).
bool any_lists(const Headers& headers, std::string_view name, std::string_view token) {
  return std::ranges::any_of(headers, [&](const auto& header) {
    return same_word(header.first, name) && lists(header.second, token);
  });
}

// How often a header with the name comes; a list counts as several, as in browsers.
std::ptrdiff_t count_of(const Headers& headers, std::string_view name) {
  std::ptrdiff_t count = 0;
  for (const auto& [one, value] : headers)
    if (same_word(one, name)) count += 1 + std::ranges::count(value, ',');
  return count;
}

std::string shown(const Headers& headers, std::string_view name) {
  const std::string* value = find_header(headers, name);
  return value ? fmt::format("{} is {}", name, quoted(*value, 64))
               : fmt::format("{} is missing", name);
}

std::expected<std::string, Failure> judge_subprotocol(const Headers& headers,
                                                      const UpgradeRequest& request) {
  static constexpr std::string_view header = "Sec-WebSocket-Protocol";
  const auto count =
      std::ranges::count_if(headers, [](const auto& one) { return same_word(one.first, header); });
  const std::string* found = find_header(headers, header);
  std::string selected = found ? *found : "";
  const auto& offered = request.subprotocols;
  if (count == 1 && std::ranges::count(offered, selected) > 0) return selected;
  if (request.any_subprotocol || (offered.empty() && count == 0)) return selected;
  if (offered.empty() || !selected.empty()) {
    const Reason reason = offered.empty() ? Reason::bad_handshake : Reason::subprotocol_mismatch;
    return std::unexpected(
        Failure{reason, "101, but " + shown(headers, header) + ", which was not offered"});
  }
  return std::unexpected(
      Failure{Reason::subprotocol_mismatch,
              fmt::format("101, but {}, although subprotocols were offered; browsers fail the "
                          "connection then (any_subprotocol: true takes it)",
                          found ? "Sec-WebSocket-Protocol is empty"
                                : "Sec-WebSocket-Protocol is missing")});
}

}  // namespace

// OpenSSL's generator costs ten times as much, and these are not cryptographic keys.
std::string make_key() {
  unsigned char bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) std::abort();
  return base64(bytes);
}

std::uint32_t make_mask() {
  std::uint32_t mask = 0;
  if (::getrandom(&mask, sizeof mask, 0) != sizeof mask) std::abort();
  return mask;
}

std::string accept_digest(std::string_view key) {
  // EVP_sha1() would be searched in the providers at each call.
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  const std::string text = std::string(key).append(guid);
  unsigned char sha[20];
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), sha, &length, sha1, nullptr) != 1) std::abort();
  return base64(sha);
}

std::expected<Request, Failure> upgrade_request(const UpgradeRequest& request,
                                                const std::string& key) {
  Request upgrade{.method = "GET",
                  .url = request.url,
                  .headers = {{"Upgrade", "websocket"},
                              {"Connection", "Upgrade"},
                              {"Sec-WebSocket-Key", key},
                              {"Sec-WebSocket-Version", "13"}},
                  .body = {}};
  std::string offered;
  for (const auto& subprotocol : request.subprotocols) {
    if (!is_token(subprotocol)) {  // it may contain a secret, so it is not shown
      return std::unexpected(Failure{Reason::own_request, "a subprotocol is no HTTP token"});
    }
    offered.append(offered.empty() ? "" : ", ").append(subprotocol);
  }
  if (!offered.empty()) upgrade.headers.emplace_back("Sec-WebSocket-Protocol", std::move(offered));
  if (request.deflate)
    upgrade.headers.emplace_back("Sec-WebSocket-Extensions", "permessage-deflate");
  for (const auto& header : request.headers) {
    if (is_handshakes(header.first)) {
      return std::unexpected(Failure{
          Reason::own_request, fmt::format("the header {} is set by the handshake", header.first)});
    }
    upgrade.headers.push_back(header);
  }
  return upgrade;
}

std::expected<std::string, Failure> judge_switch(const Response& response, const std::string& key,
                                                 const UpgradeRequest& request) {
  const Headers& headers = response.headers;
  if (!any_lists(headers, "Upgrade", "websocket")) return bad(shown(headers, "Upgrade"));
  for (const std::string_view once : {"Upgrade", "Sec-WebSocket-Accept"})
    if (count_of(headers, once) > 1)
      return bad(fmt::format("{} comes more than once, which browsers refuse", once));
  if (!any_lists(headers, "Connection", "upgrade")) return bad(shown(headers, "Connection"));
  const std::string* digest = response.header("Sec-WebSocket-Accept");
  if (!digest || *digest != accept_digest(key)) {
    return bad(shown(headers, "Sec-WebSocket-Accept") + ", which does not answer the key");
  }
  if (response.header("Sec-WebSocket-Extensions") && !request.deflate) {
    return bad(shown(headers, "Sec-WebSocket-Extensions") + ", and none was offered");
  }
  return judge_subprotocol(headers, request);
}

}  // namespace sonde::net
