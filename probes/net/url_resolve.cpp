// Reference resolution, RFC 3986 5.2, on a target that is path and query in one.
#include <algorithm>

#include "probes/net/url.hpp"

namespace sonde::net {
namespace {

// Servers put raw UTF-8 and spaces into Location; browsers escape them, and so do we.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string all;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      all += c;
    } else {
      all += '%';
      all += digits[byte >> 4];
      all += digits[byte & 15];
    }
  }
  return all;
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find_first_of(":/?#");
  if (colon == std::string_view::npos || colon == 0 || text[colon] != ':') return false;
  const auto letter = static_cast<char>(text[0] | 0x20);
  return letter >= 'a' && letter <= 'z';
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  return target.substr(std::min(target.find('?'), target.size()));
}

// 5.2.4: "." and ".." are taken out of a path that starts with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto next = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, next - 1);
    const bool last = next == path.size();
    path.remove_prefix(next);
    if (segment == "..") out.resize(std::min(out.rfind('/'), out.size()));
    if (segment == ".." || segment == ".")
      out += last ? "/" : "";
    else
      (out += '/') += segment;
  }
  return out.empty() ? "/" : out;
}

std::string tidy(std::string_view target) {
  return without_dots(path_of(target)) + std::string(query_of(target));
}

// 5.2.3 and 5.2.2: the target of a relative reference without authority.
std::string merged(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string(base);
  if (reference.front() == '?') return std::string(path_of(base)) + std::string(reference);
  if (reference.front() == '/') return tidy(reference);
  const auto folder = path_of(base);
  return tidy(std::string(folder.substr(0, folder.rfind('/') + 1)) + std::string(reference));
}

}  // namespace

std::expected<Url, std::string> resolve(const Url& base, std::string_view location) {
  if (location.empty()) return std::unexpected("empty");
  if (location.size() > 8192) return std::unexpected("longer than 8192 bytes");
  std::string reference = escaped(location);
  const bool network = reference.starts_with("//");
  if (network) reference.insert(0, base.scheme + ":");
  if (!network && !has_scheme(reference)) {
    Url url = base;
    reference.resize(std::min(reference.find('#'), reference.size()));
    url.target = merged(base.target, reference);
    return url;
  }
  auto url = parse_url(reference);
  if (url) url->target = tidy(url->target);
  return url;
}

}  // namespace sonde::net
