#include "deploy/demo/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace sonde::demo {
namespace {

using Done = std::expected<void, std::string>;
using Setter = Done (*)(Options&, std::string_view);

template <class Number>
Done set_number(Number& into, std::string_view text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error == std::errc{} && end == text.data() + text.size()) return {};
  return std::unexpected(fmt::format("'{}' is not a number in range", text));
}

Done set_listen(Options& options, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::unexpected(fmt::format("'{}' is not an address like 127.0.0.1:8080", text));
  }
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  options.host = host == "localhost" ? "127.0.0.1" : host;
  return set_number(options.port, text.substr(colon + 1));
}

Done set_think(Options& options, std::string_view text) {
  const auto think = parse_milliseconds(text);
  if (!think) return std::unexpected(think.error());
  options.think = *think;
  return {};
}

Done set_text(std::string& into, std::string_view text) {
  into = text;
  return {};
}

const std::map<std::string_view, Setter> setters = {
    {"--listen", set_listen},
    {"--think", set_think},
    {"--seed", [](Options& o, std::string_view text) { return set_number(o.seed, text); }},
    {"--max-sessions",
     [](Options& o, std::string_view text) { return set_number(o.max_sessions, text); }},
    {"--tls-cert", [](Options& o, std::string_view text) { return set_text(o.tls_cert, text); }},
    {"--tls-key", [](Options& o, std::string_view text) { return set_text(o.tls_key, text); }},
    {"--users", [](Options& o, std::string_view text) { return set_text(o.users, text); }},
};

}  // namespace

const char* const usage =
    "usage: sonde-demo [flags]\n"
    "  --listen 127.0.0.1:8080   address and port; port 0 takes a free one\n"
    "  --think 20ms              pause between two events of a chat run\n"
    "  --seed 1                  of the ids in events\n"
    "  --users FILE              lines user:password (default: alice, bob and carol@example.com,\n"
    "                            with the passwords alice-password, ...)\n"
    "  --tls-cert FILE --tls-key FILE   PEM; serves https and wss\n"
    "  --max-sessions 20000      open WebSocket sessions\n"
    "GET /faults lists the faults that can be switched on while it runs.\n";

std::expected<std::chrono::milliseconds, std::string> parse_milliseconds(std::string_view text) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, text.data() + text.size());
  const bool known = unit == "ms" || unit == "s" || unit.empty();
  constexpr std::int64_t most = 3600 * 1000L;
  if (error != std::errc{} || !known || number < 0 || number > most) {
    return std::unexpected(fmt::format("'{}' is not a duration like 20ms", text));
  }
  const std::chrono::milliseconds found(unit == "s" ? number * 1000 : number);
  if (found <= std::chrono::hours(1)) return found;
  return std::unexpected(fmt::format("'{}' is more than an hour", text));
}

std::expected<Options, std::string> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view flag = arguments[i];
    if (flag == "--help" || flag == "-h") options.help = true;
    if (options.help) return options;
    const auto equals = flag.find('=');
    const bool joined = equals != std::string_view::npos;
    const auto row = setters.find(flag.substr(0, equals));
    if (row == setters.end()) return std::unexpected(fmt::format("unknown flag '{}'", flag));
    if (!joined && i + 1 == arguments.size()) {
      return std::unexpected(fmt::format("{} wants a value", flag));
    }
    const std::string_view value = joined ? flag.substr(equals + 1) : arguments[++i];
    const auto done = row->second(options, value);
    if (!done) return std::unexpected(fmt::format("{}: {}", row->first, done.error()));
  }
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return std::unexpected("--tls-cert and --tls-key go together");
  }
  return options;
}

}  // namespace sonde::demo
