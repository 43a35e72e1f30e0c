#include "daemon/web/request.hpp"

#include <algorithm>

namespace sonde::web {
namespace {

namespace http = boost::beast::http;
using Incoming = http::request<http::string_body>;

// RFC 9110 section 12.5.3: `gzip` or `*`, unless the weight is 0.
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    std::string_view one = accepted.substr(0, accepted.find(','));
    accepted.remove_prefix(std::min(accepted.size(), one.size() + 1));
    const std::size_t first = std::min(one.find_first_not_of(" \t"), one.size());
    one.remove_prefix(first);
    const std::string_view coding = one.substr(0, one.find_first_of("; \t"));
    const std::size_t weight = one.find("q=");
    const bool refused =
        weight != std::string_view::npos &&
        one.substr(weight + 2).find_first_of("123456789") == std::string_view::npos;
    if (coding == "gzip" || coding == "*") return !refused;
  }
  return false;
}

}  // namespace

WebRequest request_of(const Incoming& incoming) {
  const std::string_view target(incoming.target().data(), incoming.target().size());
  const std::size_t query = std::min(target.find('?'), target.size());
  const auto coding = incoming[http::field::accept_encoding];
  WebRequest request;
  request.method = std::string(incoming.method_string());
  request.path = target.substr(0, query);
  request.query = query < target.size() ? target.substr(query + 1) : "";
  request.body = incoming.body();
  request.gzip = takes_gzip({coding.data(), coding.size()});
  request.host = std::string(incoming[http::field::host]);
  request.origin = std::string(incoming[http::field::origin]);
  request.fetch_site = std::string(incoming["Sec-Fetch-Site"]);
  request.content_type = std::string(incoming[http::field::content_type]);
  return request;
}

RequestHead head_of(const Incoming& incoming) {
  RequestHead head{.http_1_0 = incoming.version() < 11,
                   .host = {},
                   .transfer_encoding = {},
                   .content_length = {}};
  for (const auto& field : incoming) {
    const std::string_view value(field.value().data(), field.value().size());
    if (field.name() == http::field::host) head.host.push_back(value);
    if (field.name() == http::field::transfer_encoding) head.transfer_encoding.push_back(value);
    if (field.name() == http::field::content_length) head.content_length.push_back(value);
  }
  return head;
}

}  // namespace sonde::web
