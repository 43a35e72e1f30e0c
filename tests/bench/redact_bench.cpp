// What it costs to take the secrets out of what a run recorded: a usual chat, and the worst that a
// target can say, as much of it as a trace keeps. Prints one line each; every one of the worst has
// to stay below 20 ms.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/scrub.hpp"
#include "probes/core/secrets.hpp"
#include "probes/core/trace.hpp"

namespace sonde {
namespace {

constexpr std::size_t trace_bytes = 64 * 1024;
constexpr int rounds = 5;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  all.resize(bytes);
  return all;
}

std::string random_text(std::size_t bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string all;
  std::uint64_t state = 4711;
  for (std::size_t i = 0; i < bytes; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    all += digits[state >> 58U];
  }
  return all;
}

// Records frames of `said`, with `token` hidden, until no more is kept, and ends the record.
double record(std::string_view said, std::string_view token, std::size_t bytes) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double begun = cpu_ms();
    Trace trace;
    trace.hide(token);
    for (std::size_t at = 0; at < bytes; at += 4096)
      trace.frame(Direction::in, "text", said.substr(at % (said.size() - 4000), 4096),
                  Clock::now());
    std::string detail(said.substr(0, 2000));
    trace.redact(detail);
    best = std::min(best, cpu_ms() - begun);
  }
  return best;
}

double record_header(std::string_view value) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double begun = cpu_ms();
    std::string text(value);
    scrub(text);
    Trace trace;
    trace.exchange({.method = "GET", .url = "/", .received = {{"X-Said", text}}});
    std::string detail = text;
    trace.redact(detail);
    best = std::min(best, cpu_ms() - begun);
  }
  return best;
}

void usual_chat() {
  const std::string token = random_text(900);
  const std::string event =
      R"({"type":"tool_executing","data":{"tool":"calculator","input":"6 * 7","run_id":"0192f3"}})";
  double best = 1e9;
  for (int i = 0; i < 200; ++i) {
    const double begun = cpu_ms();
    Trace trace;
    trace.hide("correct horse/battery");
    trace.at(Step::login);
    trace.exchange({.method = "POST",
                    .url = "https://app.example.com/auth/login",
                    .sent = {{"Content-Type", "application/json"}, {"Accept", "*/*"}},
                    .sent_body = R"({"email":"a@example.com","password":"correct horse/battery"})",
                    .status = 200,
                    .received = {{"Content-Type", "application/json"}, {"Server", "nginx"}},
                    .body = R"({"access_token":")" + token + R"(","token_type":"Bearer"})"});
    trace.hide(token);
    trace.exchange({.method = "GET",
                    .url = "wss://app.example.com/websocket",
                    .sent = {{"Authorization", "Bearer " + token}, {"Upgrade", "websocket"}},
                    .status = 101,
                    .received = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}});
    for (int frame = 0; frame < 8; ++frame) trace.frame(Direction::in, "text", event, Clock::now());
    std::string detail;
    trace.redact(detail);
    best = std::min(best, cpu_ms() - begun);
  }
  fmt::print("a usual chat, eight events: {:.1f} us\n", best * 1e3);
}

void run() {
  usual_chat();
  const std::string as = repeated("a", 16'383) + "b", key = random_text(16'384);
  struct Case {
    std::string_view name;
    std::string said;
    std::string token;
  };
  const auto many = [](std::string_view text) { return repeated(text, 2 * trace_bytes); };
  const Case cases[] = {
      {"frames of eyJ, a token of 16 KB", many("eyJ"), "eyJ" + key},
      {"frames of a, the token aaaa...b", many("a"), as},
      {"frames of the token's beginning", repeated(key.substr(0, 8191), 2 * trace_bytes), key},
      {"frames of pieces of the token, broken", many(key.substr(0, 7) + "!"), key},
      {"frames of \\u0061", many("\\u0061"), as},
      {"frames of %2561", many("%2561"), as},
      {"frames of &#97;", many("&#97;"), as},
      {"frames of base64", many(key), as},
      {"frames of base64 of a", many("YWFh"), as},
      {"frames of hex of a", many("6161"), as},
      {"frames of colons and quotes", many("\":\""), key},
      {"frames of escaped quotes", many("\\\"\":\""), key},
      {"frames of members", many(R"("token":"x",)"), key},
      {"frames of backslashes", many("\\\\"), key},
      {"frames of <", many("&lt"), key},
  };
  for (const Case& one : cases) {
    const double whole = record(one.said, one.token, trace_bytes);
    const double quarter = record(one.said, one.token, trace_bytes / 4);
    fmt::print("{}: {:.2f} ms, four times what a quarter takes: {:.1f}{}\n", one.name, whole,
               whole / quarter / 4, whole < 20 ? "" : "  TOO SLOW");
  }
  for (const std::string_view unit : {"eyJ", "eyJ.", "\":\"", "Bearer "}) {
    const double took = record_header(repeated(unit, 63 * 1024));
    fmt::print("a header of 63 KB of {}: {:.2f} ms{}\n", unit, took, took < 20 ? "" : "  TOO SLOW");
  }
}

}  // namespace
}  // namespace sonde

int main() { sonde::run(); }
