#include "daemon/web/request_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

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

std::optional<Refused> check_change(const WebRequest& request, std::string_view external_url) {
  const std::string site = text::lowered(request.fetch_site);
  const bool foreign = !site.empty() && site != "same-origin" && site != "none";
  const bool of_external = !request.origin.empty() && !external_url.empty() &&
                           authority_of(request.origin) == authority_of(external_url);
  if (!from_here(request, external_url) || (foreign && !of_external))
    return Refused{403, "The page that asks is of another origin."};
  if (request.method == "POST" && !is_json(request.content_type))
    return Refused{415,
                   "A POST that changes something needs the header 'Content-Type: "
                   "application/json', which no other site's page can send."};
  return std::nullopt;
}

}  // namespace sonde::web
