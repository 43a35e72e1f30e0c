#include "daemon/app/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "daemon/app/exit_code.hpp"

namespace sonde::app::command_line_test {
namespace {

struct Parsed {
  std::variant<Flags, int> flags;
  std::string out, errors;
  int code() const { return std::holds_alternative<int>(flags) ? std::get<int>(flags) : -1; }
  const Flags& of() const { return std::get<Flags>(flags); }
};

Parsed parse(std::initializer_list<const char*> words) {
  std::vector<const char*> all = {"sonde"};
  all.insert(all.end(), words);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Parsed parsed{
      .flags = parse_flags(static_cast<int>(all.size()), all.data()), .out = {}, .errors = {}};
  parsed.out = testing::internal::GetCapturedStdout();
  parsed.errors = testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(CommandLine, NamesAnUnknownCommandAndTheOneThatWasMeant) {
  const Parsed near = parse({"chekc"});
  EXPECT_EQ(near.code(), exit_usage);
  EXPECT_TRUE(near.errors.starts_with("sonde: unknown command 'chekc'; did you mean 'check'?"))
      << near.errors;
  const Parsed far = parse({"xyzzy", "--config.file=x"});
  EXPECT_EQ(far.code(), exit_usage);
  EXPECT_TRUE(far.errors.starts_with("sonde: unknown command 'xyzzy'; the commands are serve,"))
      << far.errors;
  const Parsed help = parse({"help", "srve"});
  EXPECT_EQ(help.code(), exit_usage);
  EXPECT_NE(help.errors.find("did you mean 'serve'?"), std::string::npos);
  EXPECT_NE(parse({"help", "foo"}).errors.find("healthcheck"), std::string::npos);
}

TEST(CommandLine, TheOptionsOfAllCommandsMayStandBeforeTheCommand) {
  for (const auto& words : {std::initializer_list<const char*>{"-c", "x.yaml", "check"},
                            {"--config.file=x.yaml", "--log.level", "debug", "check"},
                            {"--log.format=json", "-c", "x.yaml", "serve"}})
    EXPECT_EQ(parse(words).of().config_file, "x.yaml");
  EXPECT_EQ(parse({"-c", "x.yaml", "chekc"}).code(), exit_usage);
  EXPECT_EQ(parse({"-c"}).code(), exit_usage);
  EXPECT_EQ(parse({"-c", "x.yaml"}).code(), exit_usage);
}

TEST(CommandLine, WithoutACommandShowsAllOfThemAndFails) {
  const Parsed none = parse({});
  EXPECT_EQ(none.code(), exit_usage);
  for (const auto& command : command_docs())
    EXPECT_NE(none.errors.find(command.name), std::string::npos) << command.name;
}

TEST(CommandLine, HelpOfACommandIsThatOfItsFlag) {
  const Parsed help = parse({"help", "run"});
  EXPECT_EQ(help.code(), exit_ok);
  EXPECT_NE(help.out.find("Usage: sonde run"), std::string::npos) << help.out;
  EXPECT_EQ(help.out, parse({"run", "--help"}).out);
  EXPECT_EQ(parse({"help"}).out, parse({"--help"}).out);
}

TEST(CommandLine, VersionIsACommandAndAFlag) {
  const Parsed version = parse({"version"});
  EXPECT_EQ(version.code(), exit_ok);
  EXPECT_TRUE(version.out.starts_with("sonde 0.")) << version.out;
  EXPECT_NE(version.out.find("revision"), std::string::npos);
  EXPECT_EQ(version.out, parse({"--version"}).out);
}

TEST(CommandLine, TheFileIsNamedByAnOptionLongOrShortAndToCheckAlsoByItself) {
  for (const auto& words :
       {parse({"check", "a.yaml"}), parse({"check", "-c", "a.yaml"}),
        parse({"check", "--config.file=a.yaml"}), parse({"run", "-c", "a.yaml"}),
        parse({"serve", "--config.file", "a.yaml"})})
    EXPECT_EQ(words.of().config_file, "a.yaml");
  EXPECT_EQ(parse({"check", "a.yaml", "-c", "b.yaml"}).code(), exit_usage);
}

TEST(CommandLine, TheOutputOfARunIsOneOfItsValuesAndWithoutOneDependsOnTheNumberOfRuns) {
  EXPECT_EQ(parse({"run"}).of().output, std::nullopt);
  EXPECT_EQ(parse({"run", "--output=LINES"}).of().output, Output::lines);
  EXPECT_EQ(parse({"run", "--output=junit"}).of().output, Output::junit);
  const Parsed wrong = parse({"run", "--output=xml"});
  EXPECT_EQ(wrong.code(), exit_usage);
  for (const char* value : {"text", "short", "lines", "json", "junit"}) {
    EXPECT_NE(wrong.errors.find(value), std::string::npos) << wrong.errors;
    EXPECT_NE(parse({"help", "run"}).out.find(value), std::string::npos);
  }
}

TEST(CommandLine, AMistakeNamesTheCommandAndItsHelp) {
  const Parsed wrong = parse({"run", "--outptu=json"});
  EXPECT_EQ(wrong.code(), exit_usage);
  EXPECT_TRUE(
      wrong.errors.starts_with("sonde run: unknown option '--outptu'; did you mean '--output'?"))
      << wrong.errors;
  EXPECT_TRUE(
      parse({"check", "--qqq"}).errors.starts_with("sonde check: unknown option '--qqq'\n"));
  EXPECT_TRUE(parse({"--verson"})
                  .errors.starts_with("sonde: unknown option '--verson'; did you mean "
                                      "'--version'?"));
  EXPECT_NE(wrong.errors.find("'sonde help run'"), std::string::npos);
}

TEST(CommandLine, EveryCommandAndOptionIsDescribed) {
  const auto commands = command_docs();
  ASSERT_GE(commands.size(), 12u);
  for (const auto& command : commands) {
    EXPECT_FALSE(command.help.empty()) << command.name;
    for (const auto& option : command.options) EXPECT_FALSE(option.help.empty()) << command.name;
  }
}

TEST(CommandLine, TheDescriptionsKnowValuesChoicesAndDefaults) {
  const auto commands = command_docs();
  const auto run = std::ranges::find(commands, "run", &CommandDoc::name);
  ASSERT_NE(run, commands.end());
  const auto option = [&](std::string_view name) -> const OptionDoc& {
    return *std::ranges::find_if(run->options, [&](const OptionDoc& doc) {
      return std::ranges::find(doc.names, name) != doc.names.end();
    });
  };
  EXPECT_EQ(option("-c").value, "FILE");
  EXPECT_EQ(option("--config.file").fallback, "/etc/sonde/sonde.yaml");
  EXPECT_EQ(option("--output").choices,
            (std::vector<std::string>{"text", "short", "lines", "json", "junit"}));
  EXPECT_TRUE(option("--help").value.empty());
  const auto probe =
      std::ranges::find_if(run->options, [](const OptionDoc& doc) { return doc.names.empty(); });
  ASSERT_NE(probe, run->options.end());
  EXPECT_EQ(probe->value, "PROBE...");
  EXPECT_FALSE(probe->required);
}

}  // namespace
}  // namespace sonde::app::command_line_test
