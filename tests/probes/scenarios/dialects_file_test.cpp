#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "probes/dialect/dialect.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "tests/support/scripted_chat.hpp"

// `dialects:` of a file, and what a probe makes of them.
namespace sonde::test::dialects_file_test {
namespace {

using testing::HasSubstr;

// The plan of a chat in `dialect`, with these dialects in the file.
Planned with_dialects(const std::string& dialects, const std::string& dialect) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("chat");
  usual.socket["ready"] = "";
  usual.probe["dialect"] = dialect;
  if (!dialects.empty()) usual.more = "dialects: { " + dialects + " }\n";
  return plan(usual.yaml());
}

std::string wrong(const std::string& dialects, const std::string& dialect = "d") {
  return with_dialects(dialects, dialect).wrong();
}

TEST(Dialects, OfEveryBuiltInNameAreKnownToAProbe) {
  EXPECT_EQ(dialect::built_in().size(), 13U);
  for (const auto& [name, dialect] : dialect::built_in()) EXPECT_EQ(wrong("", name), "") << name;
}

// The second block of YAML of a page.
std::string example_of(const std::string& file) {
  std::ostringstream page;
  page << std::ifstream(std::string(SONDE_SOURCE_DIR) + "/" + file).rdbuf();
  std::string text = page.str();
  for (int block = 0; block < 2; ++block) text.erase(0, text.find("```yaml\n") + 8);
  return text.substr(0, text.find("```"));
}

TEST(Dialects, HaveEachAnExampleThatIsRight) {
  DefaultConfig usual("127.0.0.1:9");
  usual.target["vars"] = "{ kernel: k1 }";
  const std::string yaml = usual.yaml();
  const auto line = [&yaml](const std::string& key) {
    const auto from = yaml.find(key + ":");
    return yaml.substr(from, yaml.find('\n', from) - from + 1);
  };
  const auto planned = plan(line("targets") + line("identities") + line("logins") +
                            example_of("config/dialects/README.md"));
  EXPECT_EQ(planned.wrong(), "");
  EXPECT_EQ(planned.checks.size(), dialect::built_in().size());
}

// What `~` leaves of a dialect that is extended.
dialect::Dialect without(const std::string& keys) {
  const auto planned = with_dialects("d: { extends: agent-events, " + keys + " }", "d");
  EXPECT_EQ(planned.wrong(), "");
  return *planned.file.dialects.all.at("d");
}

TEST(Dialects, LoseWhatATildeTakesAway) {
  const dialect::Dialect whole = without("gap_max: 1s");
  EXPECT_FALSE(whole.ready.type.empty());
  EXPECT_TRUE(without("ready: ~").ready.type.empty());
  EXPECT_TRUE(without("correlate: ~").correlate.empty());
  EXPECT_FALSE(whole.rules.empty());
  EXPECT_TRUE(without("rules: ~").rules.empty());
}

TEST(Dialects, LoseAnEventAndWhatOthersSayOfIt) {
  const auto events = without("tool_events: ~, events: { agent_started: ~, tool_executing: ~ }");
  EXPECT_EQ(dialect::event_names(events.rules_of_events),
            (std::vector<std::string>{"agent_thinking", "tool_completed", "agent_completed"}));
}

TEST(Dialects, SayWhereATildeTakesNothingAway) {
  EXPECT_THAT(wrong("d: { extends: agent-events, events: { agent_begun: ~ } }"),
              HasSubstr("nothing of this name is"));
  EXPECT_THAT(wrong("d: { extends: agent-events, vars: { x: ~ } }"),
              HasSubstr("nothing of this name is"));
}

TEST(Dialects, AKeyWithoutAValueIsNoTilde) {
  EXPECT_THAT(wrong("d: { extends: agent-events, ready: }"), HasSubstr("not nothing"));
}

TEST(Sockets, LoseWhatATildeOfAProbeTakesAway) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.socket["headers"] = "{ Origin: https://a.example.com, X-One: b }";
  usual.socket["ready"] = "{ type: hello }";
  usual.probe["headers"] = "{ Origin: ~ }";
  usual.probe["ready"] = "~";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
  usual.probe["headers"] = "{ X-Two: ~ }";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("headers.X-Two"));
}

TEST(Dialects, OfAProductKeepTheCanonicalNames) {
  const auto planned = with_dialects(
      "acme: { extends: agent-events, type: [/kind], events: { agent_started: turn.begin, "
      "tool_completed: tool.result } }",
      "acme");
  ASSERT_EQ(planned.wrong(), "");
  EXPECT_EQ(planned.check("p")->events,
            (std::vector<std::string>{"agent_started", "agent_thinking", "tool_executing",
                                      "tool_completed", "agent_completed"}));
}

ScriptedChat acme() {
  return {.dialect = "acme",
          .welcome = {R"({"kind":"connection_established"})"},
          .exchanges = {{R"("thread_id":"(.*?)["])",
                         {R"({"kind":"turn.begin"})", R"({"kind":"agent_thinking"})",
                          R"({"kind":"beat"})", R"({"kind":"tool_executing"})",
                          R"({"kind":"tool.result"})",
                          R"({"kind":"agent_completed","reply":"42","thread_id":"$1"})"}}},
          .token_in = "header",
          .more =
              "dialects:\n"
              "  acme: { extends: base, answer: [/reply] }\n"
              "  base:\n"
              "    extends: agent-events\n"
              "    type: [/kind]\n"
              "    events: { agent_started: turn.begin, tool_completed: tool.result }\n"
              "    rules: { when: { type: beat }, reply: ok }\n"};
}

TEST(Dialects, ExtendOneAnotherInAnyOrder) {
  const ChatOutcome told = acme().told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_THAT(told.heard, HasSubstr("\nok\n"));
  EXPECT_EQ(told.walk.trace->events().front().name, "agent_started");
}

TEST(Dialects, PutTheirRulesBeforeThoseTheyExtend) {
  ScriptedChat story = acme();
  story.exchanges[0].says.insert(story.exchanges[0].says.begin(), R"({"kind":"heartbeat"})");
  EXPECT_THAT(story.told().heard, HasSubstr("heartbeat_ack"));
  story.more += "    timed: []\n";
  story.more.replace(story.more.find("type: beat"), 10, "type: [beat, heartbeat]");
  const ChatOutcome told = story.told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_EQ(told.heard.find("heartbeat_ack"), std::string::npos);
}

TEST(Dialects, OfNoKnownNameAreMistakesWithTheNearest) {
  EXPECT_THAT(wrong("", "agent-event"), HasSubstr("probes.p.dialect: 'agent-event' is not known "
                                                  "here; did you mean 'agent-events'?"));
  EXPECT_THAT(wrong("d: { extends: sockt.io }"),
              HasSubstr("dialects.d.extends: 'sockt.io' is not known here; did you mean "
                        "'socket.io'?"));
  EXPECT_THAT(wrong("acme: { extends: agent-events }", "acne"), HasSubstr("did you mean 'acme'?"));
}

TEST(Dialects, ThatExtendThemselvesAreMistakes) {
  EXPECT_EQ(wrong("d: { extends: d }"), "test.yaml:7:27: dialects.d.extends: it extends itself\n");
  const std::string round = wrong("d: { extends: e }, e: { extends: f }, f: { extends: d }");
  EXPECT_THAT(round, HasSubstr("dialects.f.extends: it extends itself, through 'd'"));
}

TEST(Dialects, CannotTakeTheNameOfABuiltInOne) {
  EXPECT_THAT(wrong("mqtt: { extends: agent-events }", "mqtt"),
              HasSubstr("dialects.mqtt: this is the name of a built-in dialect"));
}

TEST(Dialects, TellTheirMistakesWithTheirPlaces) {
  EXPECT_THAT(wrong("d: { extends: agent-events, evnts: {} }"),
              HasSubstr("dialects.d.evnts: unknown key; did you mean 'events'?"));
  EXPECT_THAT(wrong("d: { extends: agent-events, send: { a: \"{{vars.thred_id}}\" } }"),
              HasSubstr("there is no variable 'thred_id'; did you mean 'thread_id'?"));
  EXPECT_THAT(wrong("d: { extends: agent-events, answer: { at: /x, of: [agent_startd] } }"),
              HasSubstr("there is no event 'agent_startd'; did you mean 'agent_started'?"));
  EXPECT_THAT(wrong("d: { extends: mqtt, frame: { patterns: \"(\" } }"),
              HasSubstr("wrong pattern"));
  EXPECT_THAT(wrong("d: { vars: { a: \"{{vars.b}}\", b: \"{{vars.a}}\" }, send: \"{{vars.a}}\" }"),
              HasSubstr("dialects.d.vars.a: it needs itself, directly or through another"));
  EXPECT_THAT(
      wrong("d: { vars: { a: \"{{vars.b}}\" }, steps: { expect: { type: x, capture: { b: /b } } "
            "}, send: \"{{vars.a}}\" }"),
      HasSubstr("dialects.d.vars.a: it needs {{vars.b}}, which a frame"));
  EXPECT_THAT(wrong("d: { steps: { send: \"{{prompt}}\" } }"),
              HasSubstr("{{prompt}} is not known here"));
  EXPECT_THAT(wrong("d: { vars: { a: x }, subprotocols: \"v.{{vars.a}}\" }"),
              HasSubstr("dialects.d.subprotocols: a variable is not known here yet"));
}

TEST(Dialects, NeedOfTheTargetWhatTheirTemplatesName) {
  EXPECT_THAT(wrong("d: { send: \"{{target.room}}\" }"),
              HasSubstr("{{target.room}} is not known on target 't'"));
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("chat");
  usual.defaults["login"] = "";
  usual.socket["token_in"] = "none";
  usual.probe["dialect"] = "home-assistant";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("it needs a token, so name a login"));
  usual.probe["dialect"] = "xmpp";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "") << "it has no token";
}

TEST(Dialects, LetTheProbeNameTheirVariables) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("chat");
  usual.probe["prompt"] = "\"I am {{vars.thread_id}}\"";
  usual.probe["events"] = R"({ agent_started: { json: { /thread_id: "{{vars.thread_id}}" } } })";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
  usual.probe["events"] = R"({ agent_started: { json: { /thread_id: "{{vars.thred}}" } } })";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("{{vars.thred}} is not known on target 't'"));
}

TEST(Dialects, WithoutAVariableThatNamesTheTokenNeedNoLogin) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("chat");
  usual.defaults["login"] = "";
  usual.socket["token_in"] = "none";
  usual.probe["dialect"] = "d";
  usual.more = "dialects: { d: { extends: socket.io, vars: { auth: \"{}\" } } }\n";
  EXPECT_EQ(plan(usual.yaml()).wrong(), "");
}

TEST(Dialects, AreAPartOfTheFingerprintOfTheProbesThatSpeakThem) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("chat");
  const auto print = [&usual](const std::string& dialects, const std::string& dialect) {
    usual.probe["dialect"] = dialect;
    usual.more = "dialects: { " + dialects + " }\n";
    return plan(usual.yaml()).check("p")->fingerprint;
  };
  const std::string one = "b: { extends: agent-events }, d: { extends: b }";
  EXPECT_EQ(print(one, "d"), print(one + ", other: { extends: mqtt }", "d"));
  EXPECT_NE(print(one, "d"),
            print("b: { extends: agent-events, gap_max: 9s }, d: { extends: b }", "d"));
  EXPECT_EQ(print(one, "agent-events"), print("", "agent-events"));
}

std::string refused(const Says& to_bad_token) {
  ScriptedChat story{
      .dialect = "home-assistant",
      .welcome = {R"({"type":"auth_required"})"},
      .exchanges = {{"opaque-token-4711", {R"({"type":"auth_ok"})"}}, {"auth", to_bad_token}},
      .probe = {{"kind", "upgrade"},
                {"prompt", ""},
                {"settle", ""},
                {"answer", ""},
                {"ready", "{ within: 100ms }"},
                {"refuse", "[no_token, garbage_token]"}}};
  return story.told().outcome;
}

TEST(RefusalOfAFirstMessage, IsTheStepThatFails) {
  EXPECT_EQ(refused({R"({"type":"auth_invalid","message":"no"})"}), "pass");
  EXPECT_EQ(refused({"close:1008 no"}), "pass");
}

TEST(RefusalOfAFirstMessage, IsMissedWhereTheBadTokenIsWelcome) {
  EXPECT_THAT(refused({R"({"type":"auth_ok"})"}), HasSubstr("refuse/auth_fail_open"));
  EXPECT_THAT(refused({}), HasSubstr("refuse/no_refusal"));
}

}  // namespace
}  // namespace sonde::test::dialects_file_test
