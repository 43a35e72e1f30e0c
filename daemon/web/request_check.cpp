#include "daemon/web/request_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "probes/text/ascii.hpp"

namespace sonde::web {
namespace {

// "host:port" of "scheme://host:port/path"; empty: not a URL of that form.
std::string authority_of(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return "";
  url.remove_prefix(begin + 3);
  return text::lowered(url.substr(0, url.find('/')));
}

// Without port and trailing dot; empty: not a host of that form.
std::string host_of(std::string_view authority) {
  const bool bracketed = authority.starts_with('[');
  const std::size_t end = bracketed ? authority.find(']') + 1 : authority.find(':');
  std::string host = text::lowered(authority.substr(0, end));
  const std::string_view port = authority.substr(std::min(host.size(), authority.size()));
  const bool is_port =
      port.starts_with(':') && port.find_first_not_of("0123456789", 1) == port.npos;
  if (!port.empty() && !is_port) return "";
  if (host.ends_with('.')) host.pop_back();
  return host;
}

bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code wrong;
  boost::asio::ip::make_address(std::string(host), wrong);
  return !wrong;
}

std::string own_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return host_of(name.data());
}

bool is_json(std::string_view type) {
  const std::string low = text::lowered(type);
  return low == "application/json" || low.starts_with("application/json;");
}

bool from_here(const WebRequest& request, std::string_view external_url) {
  if (request.origin.empty()) return true;
  const std::string from = authority_of(request.origin);
  return !from.empty() &&
         (from == text::lowered(request.host) || from == authority_of(external_url));
}

}  // namespace

std::optional<Refused> check_framing(const RequestHead& head) {
  if (head.host.size() > 1)
    return Refused{400, "The request has more than one Host; send exactly one."};
  if (head.host.empty() && !head.http_1_0)
    return Refused{400, "The request has no Host; HTTP/1.1 wants one."};
  if (head.content_length.size() > 1)
    return Refused{400, "The request has more than one Content-Length; send one."};
  if (head.transfer_encoding.empty()) return std::nullopt;
  if (head.http_1_0)
    return Refused{400, "Transfer-Encoding is not part of HTTP/1.0; send a Content-Length."};
  if (!head.content_length.empty())
    return Refused{400, "The request has Content-Length and Transfer-Encoding; send one of them."};
  if (head.transfer_encoding.size() > 1 ||
      text::lowered(head.transfer_encoding.front()) != "chunked")
    return Refused{400, "The only Transfer-Encoding that is understood is 'chunked'."};
  return std::nullopt;
}

KnownHosts::KnownHosts(std::string_view external_url, const std::vector<std::string>& more)
    : names_{"localhost", ".localhost"} {
  for (const std::string& name : {own_name(), host_of(authority_of(external_url))})
    if (!name.empty()) names_.push_back(name);
  for (const std::string& name : more) names_.push_back(text::lowered(name));
}

std::optional<Refused> KnownHosts::check(std::string_view host_header) const {
  const std::string host = host_of(host_header);
  if (is_address(host)) return std::nullopt;
  const bool known = std::ranges::any_of(names_, [&](const std::string& name) {
    return name.starts_with('.') ? host.ends_with(name) : host == name;
  });
  if (known) return std::nullopt;
  return Refused{421,
                 "This daemon is not known under the name in Host. If it should be, start it with "
                 "--web.allowed-host=NAME; an IP address works without."};
}

std::optional<Refused> check_origin(const WebRequest& request, std::string_view external_url) {
  const std::string site = text::lowered(request.fetch_site);
  const bool foreign = !site.empty() && site != "same-origin" && site != "none";
  const bool of_external = !request.origin.empty() && !external_url.empty() &&
                           authority_of(request.origin) == authority_of(external_url);
  if (!from_here(request, external_url) || (foreign && !of_external))
    return Refused{403, "The page that asks is of another origin."};
  return std::nullopt;
}

std::optional<Refused> check_change(const WebRequest& request, std::string_view external_url) {
  if (auto refused = check_origin(request, external_url)) return refused;
  if (request.method == "POST" && !is_json(request.content_type))
    return Refused{415,
                   "A POST that changes something needs the header 'Content-Type: "
                   "application/json', which no other site's page can send."};
  return std::nullopt;
}

namespace {

namespace http = boost::beast::http;
using Incoming = http::request<http::string_body>;

// One choice of an Accept header: "text/plain;version=0.0.4;q=0.5".
struct Choice {
  std::string_view name;        // without parameters
  std::string_view parameters;  // after the first semicolon
  double weight = 1;            // 0: refused
};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// RFC 9110 section 12.4.2; what is no weight counts as 1.
double weight_of(std::string_view parameters) {
  const std::size_t found = parameters.find("q=");
  if (found == std::string_view::npos) return 1;
  const std::string_view digits = parameters.substr(found + 2);
  double weight = 1;
  std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  return weight;
}

// Takes the first choice from the list.
Choice next_choice(std::string_view& list) {
  const std::string_view one = list.substr(0, list.find(','));
  list.remove_prefix(std::min(list.size(), one.size() + 1));
  const std::size_t end = std::min(one.find(';'), one.size());
  const std::string_view parameters = end < one.size() ? one.substr(end + 1) : "";
  return {trimmed(one.substr(0, end)), parameters, weight_of(parameters)};
}

// RFC 9110 section 12.5.3: `gzip` or `*`.
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    const Choice choice = next_choice(accepted);
    if (choice.name == "gzip" || choice.name == "*") return choice.weight > 0;
  }
  return false;
}

// Whether OpenMetrics is preferred to the text format, as Prometheus prefers it. A client that does
// not name it gets text.
bool takes_openmetrics(std::string_view accepted) {
  double open = 0;
  double text = 0;
  while (!accepted.empty()) {
    const Choice choice = next_choice(accepted);
    const bool known = !choice.parameters.contains("version=") ||
                       choice.parameters.contains("version=1.0.0") ||
                       choice.parameters.contains("version=0.0.1");
    if (choice.name == "application/openmetrics-text" && known)
      open = std::max(open, choice.weight);
    else if (choice.name == "text/plain" || choice.name == "text/*")
      text = std::max(text, choice.weight);
  }
  return open > 0 && open >= text;
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
  const auto accept = incoming[http::field::accept];
  request.gzip = takes_gzip({coding.data(), coding.size()});
  request.openmetrics = takes_openmetrics({accept.data(), accept.size()});
  request.host = std::string(incoming[http::field::host]);
  request.origin = std::string(incoming[http::field::origin]);
  request.fetch_site = std::string(incoming["Sec-Fetch-Site"]);
  request.content_type = std::string(incoming[http::field::content_type]);
  request.scrape_timeout = std::string(incoming["X-Prometheus-Scrape-Timeout-Seconds"]);
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
