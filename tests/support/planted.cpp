#include "tests/support/planted.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "probes/text/template.hpp"

namespace sonde::test {
namespace {

constexpr std::size_t piece = 8;

template <class Write>
std::string each(std::string_view text, Write write) {
  std::string all;
  for (const char c : text) all += write(c, static_cast<unsigned char>(c));
  return all;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

// Escapes like a JSON writer; the characters of `by_number` as \u0026.
std::string json_text(std::string_view text, std::string_view by_number, bool upper, bool slashes) {
  return each(text, [&](char c, unsigned char byte) -> std::string {
    if (c == '"' || c == '\\' || (slashes && c == '/')) return std::string("\\") + c;
    if (byte >= 0x20 && by_number.find(c) == by_number.npos) return std::string(1, c);
    return upper ? fmt::format("\\u{:04X}", byte) : fmt::format("\\u{:04x}", byte);
  });
}

std::string percent(std::string_view text, std::string_view keep, bool upper, bool form) {
  return each(text, [&](char c, unsigned char byte) -> std::string {
    if (form && c == ' ') return "+";
    if (is_plain(c) || keep.find(c) != keep.npos) return std::string(1, c);
    return upper ? fmt::format("%{:02X}", byte) : fmt::format("%{:02x}", byte);
  });
}

std::string html(std::string_view text) {
  return each(text, [](char c, unsigned char) -> std::string {
    if (c == '&') return "&amp;";
    if (c == '<') return "&lt;";
    if (c == '>') return "&gt;";
    if (c == '"') return "&quot;";
    return std::string(1, c);
  });
}

void add_base64(std::vector<std::string>& all, std::string_view text) {
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string padded = std::string(before, 'x') + std::string(text);
    const std::string written = text::base64(padded);
    const std::size_t from = (before * 8 + 5) / 6, to = padded.size() * 8 / 6;
    std::string one = written.substr(from, to - from);
    all.push_back(one);
    std::ranges::replace(one, '+', '-');
    std::ranges::replace(one, '/', '_');
    all.push_back(one);
    all.push_back(percent(written.substr(from, to - from), "", true, false));
  }
}

struct Written {
  std::string secret, written;
};

// Cached for each secret: the tests search for a few of them after each of a thousand runs.
const std::vector<Written>& pieces_of(const std::string& secret) {
  static std::map<std::string, std::vector<Written>> known;
  const auto [place, is_new] = known.try_emplace(secret);
  if (!is_new) return place->second;
  const std::size_t size = std::min(piece, secret.size());
  for (std::size_t at = 0; at + size <= secret.size(); ++at)
    for (std::string& written : encodings(secret.substr(at, size)))
      place->second.push_back({secret.substr(at, size), std::move(written)});
  return place->second;
}

void add(std::string& all, const Headers& headers) {
  for (const auto& [name, value] : headers) all.append(name + ": " + value + "\n");
}

}  // namespace

std::string dump(const ProbeRun& walked) {
  const Trace& trace = *walked.trace;
  std::string all = walked.verdict.detail + "\n" + trace.peer() + "\n" + trace.separated + "\n";
  all += trace.ending().reason + "\n";
  for (const auto& exchange : trace.exchanges()) {
    all += exchange.method + "\n" + exchange.url + "\n" + exchange.sent_body + "\n" +
           exchange.body + "\n" + exchange.peer + "\n";
    add(all, exchange.sent);
    add(all, exchange.received);
  }
  for (const auto& frame : trace.frames())
    all += frame.text + "\n" + frame.remark + "\n" + frame.session + "\n";
  for (const auto& event : trace.events()) all += event.name + "\n";
  for (const auto& delivery : trace.deliveries) all += delivery.event + "\n";
  for (const auto& note : trace.experiments())
    all += note.name + "\n" + note.question + "\n" + note.answer + "\n";
  for (const auto& facts : trace.tls_facts())
    all += facts.subject + "\n" + facts.issuer + "\n" + facts.alpn + "\n" + facts.host_port + "\n";
  return all;
}

std::vector<std::string> encodings(std::string_view text) {
  constexpr std::string_view go = "<>&", gson = "<>&='", all_signs = "<>&='+/:;,@!?#$%*()[]{}|`^~ ";
  std::vector<std::string> all = {std::string(text)};
  for (const bool upper : {false, true}) {
    for (const std::string_view by_number : {std::string_view(), go, gson, all_signs})
      all.push_back(json_text(text, by_number, upper, upper));
    for (const std::string_view keep : {"", "/", "!*'()", "/:@!$&'()*+,;="})
      for (const bool form : {false, true}) all.push_back(percent(text, keep, upper, form));
  }
  all.push_back(json_text(json_text(text, "", false, false), "", false, false));
  all.push_back(html(text));
  all.push_back(each(text, [](char, unsigned char b) { return fmt::format("&#{};", b); }));
  all.push_back(each(text, [](char, unsigned char b) { return fmt::format("&#x{:x};", b); }));
  all.push_back(each(text, [](char, unsigned char b) { return fmt::format("\\u{:04x}", b); }));
  all.push_back(each(text, [](char, unsigned char b) { return fmt::format("%{:02x}", b); }));
  all.push_back(text::hex(text));
  all.push_back(each(text, [](char, unsigned char b) { return fmt::format("{:02X}", b); }));
  add_base64(all, text);
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

std::string leaked(std::string_view shown, std::string_view secret) {
  for (const auto& [part, written] : pieces_of(std::string(secret)))
    if (shown.find(written) != shown.npos) return fmt::format("'{}' as '{}'", part, written);
  return "";
}

void expect_hidden(const ProbeRun& walked, const std::vector<std::string>& secrets) {
  const std::string all = dump(walked);
  for (const std::string& secret : secrets)
    if (const std::string found = leaked(all, secret); !found.empty())
      ADD_FAILURE() << "a secret is shown: " << found << "\n" << walked.show() << "\n" << all;
}

}  // namespace sonde::test
