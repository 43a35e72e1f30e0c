#include "probes/text/template.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/tree.hpp"

namespace sonde::text::template_test {
namespace {

std::string rendered(std::string_view text, Names& names) {
  auto made = Template::parse(text);
  if (!made) return "mistake: " + made.error();
  auto out = made->render(names);
  return out ? *out : "unknown: " + out.error();
}

std::string rendered(std::string_view text) {
  Names names(7);
  names.set("token", "a+b/c?");
  names.set("identity.username", "Alice \"A\"");
  return rendered(text, names);
}

TEST(Template, PutsNamesIntoText) {
  EXPECT_EQ(rendered("Bearer {{token}}!"), "Bearer a+b/c?!");
  EXPECT_EQ(rendered("{{ identity.username }}"), "Alice \"A\"");
  EXPECT_EQ(rendered("no braces } { }}"), "no braces } { }}");
  EXPECT_EQ(rendered(""), "");
}

TEST(Template, AppliesFiltersFromLeftToRight) {
  const std::pair<const char*, const char*> cases[] = {
      {"{{token | urlenc}}", "a%2Bb%2Fc%3F"},
      {"{{token | b64}}", "YStiL2M/"},
      {"{{token | b64url}}", "YStiL2M_"},
      {"{{token | hex}}", "612b622f633f"},
      {"{{identity.username | json}}", "Alice \\\"A\\\""},
      {"{{identity.username | lower | b64url}}", "YWxpY2UgImEi"}};
  for (const auto& [text, want] : cases) EXPECT_EQ(rendered(text), want) << text;
}

TEST(Template, CountsTheBytesOfAText) {
  EXPECT_EQ(rendered("content-length:{{token | len}}"), "content-length:6");
  Names names(7);
  names.set("name", "Zo\xc3\xab");
  EXPECT_EQ(rendered("{{name | len}}", names), "4");
  names.set("name", "");
  EXPECT_EQ(rendered("{{name | len}}", names), "0");
}

TEST(Template, NamesWhatNothingIsKnownOf) {
  EXPECT_EQ(rendered("{{target.http}}/x"), "unknown: target.http");
  EXPECT_EQ(Template::parse("{{a}}{{b.c | json}}{{uuid()}}")->names(),
            (std::vector<std::string>{"a", "b.c"}));
}

TEST(Template, SaysWhatIsWrongWithIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"{{token | b64ulr}}", "unknown filter 'b64ulr'; did you mean 'b64url'?"},
      {"{{uid()}}", "unknown function 'uid'; did you mean 'uuid'?"},
      {"x {{token", "a {{ is not closed by }}"},
      {"{{}}", "a name or a function is missing between {{ and }}"},
      {"{{a b}}", "'a b' is not a name, as 'identity.username' is"},
      {"{{nonce()}}", "nonce() takes 1 numbers, not 0"},
      {"{{nonce(999)}}", "nonce(n) takes 1 to 256 characters"},
      {"{{rand(9,1)}}", "rand(a,b) needs a <= b"},
      {"{{rand(a,1)}}", "'a' is not a whole number"},
      {"{{nonce(3}}", "'nonce(' has no ')'"}};
  for (const auto& [text, want] : cases)
    EXPECT_EQ(rendered(text), std::string("mistake: ") + want) << text;
}

TEST(Template, FunctionsMakeWhatTheyPromise) {
  const std::pair<const char*, const char*> cases[] = {
      {"{{uuid()}}", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"},
      {"{{nonce(12)}}", "^[a-z0-9]{12}$"},
      {"{{rand(11,13)}}", "^1[123]$"},
      {"{{now()}}", "^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"}};
  for (const auto& [text, want] : cases)
    EXPECT_TRUE(Pattern::parse(want)->found_in(rendered(text))) << text << " " << rendered(text);
}

TEST(Template, IsTheSameForTheSameSeedAndAnotherOneNextTime) {
  Names one(1), same(1), other(2);
  EXPECT_EQ(rendered("{{uuid()}}", one), rendered("{{uuid()}}", same));
  EXPECT_NE(rendered("{{uuid()}}", one), rendered("{{uuid()}}", other));
  EXPECT_EQ(rendered("{{counter()}}{{counter()}}", one), "12");
}

TEST(Base64Url, ReadsWithAndWithoutPadding) {
  EXPECT_EQ(from_base64url("YWI"), "ab");
  EXPECT_EQ(from_base64url("YWI="), "ab");
  EXPECT_EQ(from_base64url("_-8"), "\xFF\xEF");
  EXPECT_FALSE(from_base64url("YWI+").has_value());
  EXPECT_FALSE(from_base64url("YWIxY").has_value());
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 40; ++i, bytes += static_cast<char>(i * 37))
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
  EXPECT_EQ(base64("a"), "YQ==");
  EXPECT_EQ(base64("ab"), "YWI=");
}

struct ReadTree {
  Tree tree;
  std::string mistakes;
};

ReadTree tree_of(std::string_view yaml) {
  config::Mistakes mistakes;
  ReadTree out;
  const auto value = config::parse(yaml, "t.yaml", mistakes);
  const config::Reader reader(mistakes);
  if (value) config::Codec<Tree>::read(*value->find("body"), reader.at("body"), {}, out.tree);
  for (const auto& mistake : mistakes.sorted()) out.mistakes += show(mistake) + "\n";
  return out;
}

TEST(Tree, KeepsWhatYamlSaysAndQuotesWhatTemplatesSay) {
  Names names;
  names.set("n", "5");
  names.set("q", "a\"b");
  const auto [tree, mistakes] = tree_of(
      "body: { a: \"{{n}}\", b: 5, c: true, d: null, e: [1, \"x {{q}}\"], f: \"5\", g: 007, h: {} "
      "}");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(tree.render_json(names),
            R"({"a":"5","b":5,"c":true,"d":null,"e":[1,"x a\"b"],"f":"5","g":"007","h":{}})");
  EXPECT_EQ(tree.names(), (std::vector<std::string>{"n", "q"}));
}

std::string numbered(std::string_view value, std::string_view expression = "{{n | number}}") {
  const auto read = tree_of("body: { id: \"" + std::string(expression) + "\" }");
  Names names(1);
  names.set("n", std::string(value));
  const auto made = read.tree.render_json(names);
  return made ? *made : "unknown: " + made.error();
}

TEST(Tree, MakesANumberOfATextThatIsOne) {
  for (const char* number : {"7", "-0.5", "1e3", "0"})
    EXPECT_EQ(numbered(number), R"({"id":)" + std::string(number) + "}");
  EXPECT_EQ(numbered("7", "{{n}}"), R"({"id":"7"})");
  EXPECT_EQ(numbered("7", "no {{n | number}}"), R"({"id":"no 7"})");
  EXPECT_EQ(numbered("7", "{{counter() | number}}"), R"({"id":1})");
}

TEST(Tree, SaysThatATextIsNoNumberWithoutShowingIt) {
  for (const char* text : {"", "007", "seven", "7\"}", "NaN", "1.", "+1"})
    EXPECT_EQ(numbered(text), "unknown: a number: {{n | number}}") << text;
}

TEST(Tree, ThatIsOneTextIsSentAsItStands) {
  Names names;
  names.set("token", "t\"1");
  EXPECT_EQ(tree_of(R"(body: '40{"token":"{{token | json}}"}')").tree.render_plain(names),
            R"(40{"token":"t\"1"})");
  EXPECT_EQ(tree_of("body: \"2\"").tree.render_plain(names), "2");
  EXPECT_EQ(tree_of("body: 2").tree.render_plain(names), "2");
  EXPECT_EQ(tree_of("body: [1, x]").tree.render_plain(names), R"([1,"x"])");
  EXPECT_EQ(tree_of("body: \"a\\0\\u001e\"").tree.render_plain(names), std::string("a\0\x1e", 3));
}

TEST(Tree, BecomesAFormWhenItIsFlat) {
  Names names;
  names.set("user", "a b&c");
  EXPECT_EQ(tree_of("body: { username: \"{{user}}\", n: 5, none: null }").tree.render_form(names),
            "username=a%20b%26c&n=5&none=");
  EXPECT_EQ(tree_of("body: { a: { b: 1 } }").tree.render_form(names).error(),
            "'a' is nested, which a form cannot hold");
}

TEST(Tree, RefusesTemplatesInKeysAndWrongOnes) {
  EXPECT_EQ(tree_of("body:\n  \"{{k}}\": 1\n  b: \"{{x | jsn}}\"\n").mistakes,
            "t.yaml:2:3: body.{{k}}: a key cannot hold {{ }}\n"
            "t.yaml:3:6: body.b: unknown filter 'jsn'; did you mean 'json'?\n");
}

TEST(Tree, SaysWhichNameIsUnknown) {
  Names names;
  EXPECT_EQ(tree_of("body: { a: [\"{{x.y}}\"] }").tree.render_json(names).error(), "x.y");
}

}  // namespace
}  // namespace sonde::text::template_test
