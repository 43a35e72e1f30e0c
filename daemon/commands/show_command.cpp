#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_client.hpp"
#include "daemon/commands/recorded.hpp"
#include "daemon/commands/terminal.hpp"
#include "daemon/core/recorded_run.hpp"
#include "daemon/report/har.hpp"
#include "daemon/report/text.hpp"
#include "daemon/store/store_reader.hpp"
#include "daemon/system/output.hpp"
#include "probes/core/run_id.hpp"
#include "probes/net/version.hpp"
#include "probes/text/json.hpp"
#include "probes/text/printable.hpp"

namespace sonde::commands {
namespace {

constexpr std::size_t file_max = 16UL * 1024 * 1024;

// A transcript, or why there is none.
using Transcript = std::expected<std::string, std::string>;

// The same with the id of the newest recorded run before it that passed; empty: none, or not known.
struct ShownRun {
  std::string json, passed;
};
using FoundRun = std::expected<ShownRun, std::string>;

std::unexpected<std::string> not_kept(const std::string& id) {
  return std::unexpected(fmt::format("run {} is recorded, but its transcript was not kept", id));
}

Transcript read_stream(std::FILE* stream) {
  std::string text;
  char bytes[64 * 1024];
  while (const std::size_t count = std::fread(bytes, 1, sizeof bytes, stream)) {
    text.append(bytes, count);
    if (text.size() > file_max) return std::unexpected("more than 16 MB are no transcript");
  }
  if (std::ferror(stream) != 0) return std::unexpected("it cannot be read");
  return text;
}

Transcript read_file(const std::string& path) {
  if (path == "-") return read_stream(stdin);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file)
    return std::unexpected(
        "it is neither the id of a run (32 hex digits) nor a file that can be "
        "opened");
  return read_stream(file.get());
}

FoundRun from_store(const app::Flags& flags) {
  const auto settings = settings_with_store(flags);
  if (!settings) return std::unexpected(settings.error());
  auto found = store::read_run(settings->storage.path, flags.shown);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::unexpected("there is no run " + flags.shown);
  if ((*found)->json.empty()) return not_kept(flags.shown);
  return ShownRun{std::move((*found)->json), std::move((*found)->passed)};
}

// The text of the member `transcript` of an answer, so that its numbers keep their digits.
FoundRun run_in(const std::string& data, const std::string& id) {
  constexpr std::string_view before = R"(,"transcript":)", after = R"(,"passed":)";
  const auto document = text::Document::parse(data);
  if (!document || !document->root().member("transcript"))
    return std::unexpected("the daemon's answer is not that of a Sonde of this version");
  if (document->root().member("transcript").kind() == text::Json::Kind::null) return not_kept(id);
  const std::size_t from = data.find(before) + before.size();
  return ShownRun{data.substr(from, data.rfind(after) - from),
                  document->root().member("passed").string_or_empty()};
}

FoundRun by_id(const app::Flags& flags) {
  const auto data = ask_api(flags, "/api/v1/runs/" + flags.shown);
  if (data) return run_in(*data, flags.shown);
  if (!data.error().silent) return std::unexpected(data.error().text);
  auto stored = from_store(flags);
  if (!stored) return std::unexpected(neither(data.error().text, stored.error()));
  return stored;
}

FoundRun from_file(const std::string& path) {
  auto json = read_file(path);
  if (!json) return std::unexpected(std::move(json.error()));
  return ShownRun{*std::move(json), ""};
}

}  // namespace

int show_command(const app::Flags& flags) {
  const FoundRun run = is_run_id(flags.shown) ? by_id(flags) : from_file(flags.shown);
  const auto result = run ? result_from_json(run->json) : std::unexpected(run.error());
  if (!result) {
    system::print(stderr,
                  fmt::format("sonde show: {}: {}\n", text::printable(flags.shown, true, 200),
                              text::printable(result.error(), true, 1000)));
    return app::exit_failed;
  }
  if (flags.record_output == app::RecordOutput::json)
    system::print(stdout, run->json + (run->json.ends_with('\n') ? "" : "\n"));
  else if (flags.record_output == app::RecordOutput::har)
    system::print(stdout, report::as_har(*result, net::version));
  else
    system::print(stdout, report::as_text(*result, style_of(stdout)));
  if (flags.record_output == app::RecordOutput::text && is_run_id(run->passed))
    system::print(stdout, fmt::format("  before it, run {} passed\n", run->passed));
  return app::exit_ok;
}

}  // namespace sonde::commands
