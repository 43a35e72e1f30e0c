// What each parser that a target feeds costs for its worst input at its limit, in CPU of the
// worker that parses: one line each, the slowest of three rounds, and the limit of 20 ms that a
// neighbour can bear.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>

#include "probes/auth/form/cookies.hpp"
#include "probes/auth/jwt/jwks.hpp"
#include "probes/auth/refused.hpp"
#include "probes/dialect/number.hpp"
#include "probes/net/error_text.hpp"
#include "probes/net/http/http_reader.hpp"
#include "probes/net/url.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/html.hpp"
#include "probes/text/json.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/template.hpp"
#include "probes/text/utf8.hpp"

namespace sonde {
namespace {

constexpr std::size_t megabyte = 1024 * 1024;  // limits.body
constexpr double allowed_ms = 20;

std::string times(std::string_view what, std::size_t bytes) {
  std::string all;
  while (all.size() + what.size() <= bytes) all += what;
  return all;
}

// "a0 a1 a2 ...", each once.
std::string distinct(std::string_view before, std::string_view after, std::size_t bytes) {
  std::string all;
  for (int i = 0; all.size() < bytes; ++i) all += fmt::format("{}{}{}", before, i, after);
  return all;
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

bool good = true;

void measure(std::string_view what, const std::function<void()>& work) {
  double most = 0;
  for (int round = 0; round < 3; ++round) {
    const double began = cpu_ms();
    work();
    most = std::max(most, cpu_ms() - began);
  }
  good = good && most <= allowed_ms;
  fmt::print("{:<52} {:8.2f} ms{}\n", what, most, most > allowed_ms ? "  TOO SLOW" : "");
}

void measure_html() {
  for (const char* piece : {" a", "</x>", "<b>", "<a b='", "<!--", "&a;", "<input name=a>",
                            "<script src=a>", "<option>", "</script"})
    for (const char* open : {"<form><x", "<form>", "<form><select>"})
      measure(fmt::format("HTML: {}{}...", open, piece),
              [page = open + times(piece, megabyte)] { text::parse_html(page); });
  measure("HTML: attributes of different names",
          [page = "<form " + distinct("a", " ", megabyte)] { text::parse_html(page); });
  measure("HTML: scripts",
          [page = distinct("<script src=a", "></script>", megabyte)] { text::parse_html(page); });
}

void measure_json() {
  const auto parse = [](std::string json) {
    return [json = std::move(json)] { (void)text::Document::parse(json); };
  };
  measure("JSON: keys", parse("{" + distinct("\"k", "\":1,", megabyte) + "\"z\":1}"));
  measure("JSON: one key", parse("{" + times("\"k\":1,", megabyte) + "\"k\":1}"));
  measure("JSON: depth", parse(times("[", megabyte)));
  measure("JSON: empty lists", parse("[" + times("[],", megabyte) + "[]]"));
  measure("JSON: digits", parse(times("9", megabyte)));
  measure("JSON: numbers", parse("[" + times("1.7976931348623157e308,", megabyte) + "1]"));
  measure("JSON: escapes", parse("\"" + times("\\ud83d\\ude00", megabyte) + "\""));
  const net::Response refused{
      .status = 400,
      .headers = {},
      .body = "{\"errors\":[" + distinct("{\"code\":\"", "\"},", 60'000) + "{}]}"};
  measure("JSON: the code of a refusal", [&] { (void)auth::refusal_of(refused); });
  measure("JSON: what a refusal says", [&] { (void)net::error_text(refused); });
}

std::string rsa_key(std::size_t bytes, int id) {
  std::string modulus(bytes, '\x5a');
  modulus.front() = '\xc3';
  modulus.back() = '\x01';
  return fmt::format(R"({{"kty":"RSA","kid":"{}","e":"AQAB","n":"{}"}},)", id,
                     text::base64url(modulus));
}

void measure_keys() {
  for (const std::size_t bits : {2048UL, 4096UL, 8192UL, 16384UL}) {
    std::string set = "{\"keys\":[";
    for (int i = 0; i < 99; ++i) set += rsa_key(bits / 8, i);
    set += R"({"kty":"none"}]})";
    measure(fmt::format("JWKS: 99 RSA keys of {} bits", bits), [&] { (void)auth::read_jwks(set); });
    const auto keys = auth::read_jwks(set);
    const std::string jwt =
        "eyJhbGciOiJSUzI1NiJ9.e30." + text::base64url(std::string(bits / 8, '\x11'));
    if (keys)
      measure(fmt::format("JWT without kid: {} of them", keys->keys.size()),
              [&] { (void)auth::check_signature(jwt, "RS256", "", *keys); });
  }
}

net::ResponseReader reader() {
  return net::ResponseReader({.header_max = 64 * 1024, .body_max = megabyte});
}

// As it comes from a socket, at most `piece` bytes at a time.
void feed(net::ResponseReader& response, std::string_view bytes, std::size_t piece) {
  while (!bytes.empty() && !response.over()) {
    const auto space = response.space();
    const std::size_t count = std::min({space.size(), bytes.size(), piece});
    bytes.copy(space.data(), count);
    response.received(count);
    bytes.remove_prefix(count);
  }
}

void measure_http() {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  for (const std::size_t piece : {std::size_t{16384}, std::size_t{1}}) {
    const auto read = [piece](const std::string& bytes) {
      return [bytes, piece] {
        auto response = reader();
        feed(response, bytes, piece);
      };
    };
    const std::size_t some = piece == 1 ? 100'000 : megabyte;
    measure(fmt::format("HTTP: headers, {} bytes a read", piece),
            read(start + times("a:\r\n", 65'000) + "\r\n"));
    measure(fmt::format("HTTP: one header, {} bytes a read", piece),
            read(start + "a: " + times("x", 65'000)));
    measure(fmt::format("HTTP: chunks of a byte, {} bytes a read", piece),
            read(start + "Transfer-Encoding: chunked\r\n\r\n" + times("1\r\nx\r\n", some)));
    measure(fmt::format("HTTP: a chunk's extension, {} bytes a read", piece),
            read(start + "Transfer-Encoding: chunked\r\n\r\n1;" + times("x", 65'000)));
    measure(fmt::format("HTTP: interim responses, {} bytes a read", piece),
            read(times("HTTP/1.1 100 \r\n\r\n", 65'000)));
  }
}

void measure_cookies() {
  const auto url = *net::parse_url("http://a.b.c.d.example.com/");
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  net::Origins own;
  own.add(url);
  Headers many, dotted;
  for (int i = 0; i < 4000; ++i) many.emplace_back("Set-Cookie", fmt::format("c{}=1", i));
  for (int i = 0; i < 15; ++i)
    dotted.emplace_back("Set-Cookie", "a=b" + times(";Domain=.", 4000) + ";" + times("a=", 4000));
  measure("Cookies: 4,000 of one answer", [&] {
    auth::Cookies cookies;
    cookies.take(url, many, now);
    cookies.header(url, now, own);
  });
  measure("Cookies: attributes", [&] {
    auth::Cookies cookies;
    cookies.take(url, dotted, now);
  });
}

void measure_texts() {
  measure("numbers of an answer",
          [text = times("1,111.", megabyte)] { dialect::numbers_in(text); });
  measure("one number of an answer", [text = times("1", megabyte)] { dialect::numbers_in(text); });
  measure("UTF-8", [text = times("\xf0\x9f\x98\x80", megabyte)] { text::is_utf8(text); });
  measure("XML entities", [text = times("&#1;&", megabyte)] { text::xml_unescape(text); });
  measure("XML entities that never end",
          [text = times("&", megabyte)] { text::xml_unescape(text); });
  measure("a query", [text = times("a=%41&", 65'000)] { text::read_parameters(text); });
  for (const char* written : {"wss?://[^\"']+", "(a+)+$", "(x+x+)+y", "\"ws\":\\s*\"([^\"]+)\""}) {
    const auto pattern = *text::Pattern::parse(written);
    for (const char* piece : {"a", "x", "ws://", "\"ws\": "})
      measure(fmt::format("pattern {} on {}...", written, piece),
              [&, text = times(piece, 260'000)] { (void)pattern.groups(text); });
  }
}

int run() {
  measure_html();
  measure_json();
  measure_keys();
  measure_http();
  measure_cookies();
  measure_texts();
  return good ? 0 : 1;
}

}  // namespace
}  // namespace sonde

int main() { return sonde::run(); }
