#include "config/secret.hpp"

#include <gtest/gtest.h>

#include "config/codec.hpp"
#include "tests/config/helpers.hpp"

namespace sonde::config::secret_test {
namespace {

constexpr std::string_view literal_refused =
    "a secret cannot stand here; use { file: PATH }, { env: NAME } or { credential: NAME }";

Secret file(const std::string& path) { return {Secret::Source::file, path}; }

// What is told when `yaml` is read as a secret.
std::string told_of(const std::string& yaml, Secret* out = nullptr) {
  Mistakes mistakes;
  Secret secret;
  const bool good = read_secret(value_of("v: " + yaml), Reader(mistakes, "v"), secret);
  EXPECT_EQ(good, !mistakes.any());
  if (out) *out = secret;
  return mistakes.any() ? mistakes.sorted().front().text : "";
}

TEST(Secret, ACredentialIsANameAndNoPath) {
  for (const std::string name : {"../x", "/etc/shadow", "a/b"})
    EXPECT_EQ(told_of("{ credential: \"" + name + "\" }"),
              "a credential of systemd is a file name, without '/'; for a path write file");
}

TEST(Secret, IsReadAnewAtEachUse) {
  const Folder folder;
  const Secret secret = file(folder.write("pw", "first\n"));
  EXPECT_EQ(secret.reveal(), "first");
  folder.write("pw", "second");
  EXPECT_EQ(secret.reveal(), "second");
}

TEST(Secret, LosesOneNewlineAndNoMore) {
  const Folder folder;
  EXPECT_EQ(file(folder.write("a", "x\n")).reveal(), "x");
  EXPECT_EQ(file(folder.write("b", "x\r\n")).reveal(), "x");
  EXPECT_EQ(file(folder.write("c", "x\n\n")).reveal(), "x\n");
  EXPECT_EQ(file(folder.write("d", " x \r")).reveal(), " x \r");
}

TEST(Secret, IsNeverEmptyNorLarge) {
  const Folder folder;
  const std::string path = folder.write("pw", "\n");
  EXPECT_EQ(file(path).reveal().error(), "file " + path + " is empty");
  folder.write("pw", std::string(64 * 1024, 'x'));
  EXPECT_EQ(file(path).reveal()->size(), 64U * 1024);
  folder.write("pw", std::string(64 * 1024 + 1, 'x'));
  EXPECT_EQ(file(path).reveal().error(), "file " + path + " is larger than 64KB");
}

TEST(Secret, DoesNotHangOnAFifoNorReadADevice) {
  const Folder folder;
  const std::string path = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(file(path).reveal().error(), "file " + path + " is not a regular file");
  EXPECT_EQ(file("/dev/zero").reveal().error(), "file /dev/zero is not a regular file");
  EXPECT_FALSE(file((folder / "gone").string()).reveal());
}

TEST(Secret, ComesFromTheEnvironment) {
  ::setenv("SONDE_TEST_SECRET", "hush", 1);
  EXPECT_EQ(Secret(Secret::Source::env, "SONDE_TEST_SECRET").reveal(), "hush");
  ::unsetenv("SONDE_TEST_SECRET");
  EXPECT_EQ(Secret(Secret::Source::env, "SONDE_TEST_SECRET").reveal().error(),
            "env SONDE_TEST_SECRET is not set");
}

TEST(Secret, ComesFromSystemd) {
  const Folder folder;
  folder.write("alice", "hush\n");
  const Secret secret(Secret::Source::credential, "alice");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_NE(secret.reveal().error().find("$CREDENTIALS_DIRECTORY is not set"), std::string::npos);
  ::setenv("CREDENTIALS_DIRECTORY", (folder / "").c_str(), 1);
  EXPECT_EQ(secret.reveal(), "hush");
  for (const char* name : {"../alice", "/etc/passwd", "..", ".", "a/b", ""})
    EXPECT_FALSE(Secret(Secret::Source::credential, name).reveal()) << name;
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(SecretKey, RefusesLiteralsAndNeverRepeatsThem) {
  for (const char* yaml :
       {"hunter2", "'hunter2'", "[hunter2]", "", "{file: a, env: hunter2}", "{}"})
    EXPECT_EQ(told_of(yaml), literal_refused) << yaml;
}

TEST(SecretKey, KnowsItsSources) {
  EXPECT_EQ(told_of("{fiel: x}"), "unknown key; did you mean 'file'?");
  EXPECT_EQ(told_of("{file: ''}"), "must not be empty");
  EXPECT_EQ(told_of("{file: [a]}"), "a text is expected here, not a list");
}

TEST(SecretKey, IsTriedWhenItIsLoaded) {
  const Folder folder;
  const std::string path = folder.write("pw", "hunter2\n");
  Secret secret;
  EXPECT_EQ(told_of("{file: " + path + "}", &secret), "");
  EXPECT_EQ(secret, file(path));
  folder.write("pw", "");
  EXPECT_EQ(told_of("{file: " + path + "}"),
            "the secret cannot be read: file " + path + " is empty");
}

TEST(SecretKey, WarnsOfWhatIsSurelyNotMeant) {
  const Folder folder;
  const auto warned = [&](std::string_view content, unsigned mode = 0600) {
    const std::string path = folder.write("pw", content);
    std::filesystem::permissions(path, std::filesystem::perms(mode));
    Mistakes mistakes;
    const auto root = parse("v: {file: " + path + "}", "a.yaml", mistakes);
    Secret secret;
    EXPECT_TRUE(read_secret(*root->find("v"), Reader(mistakes), secret));
    EXPECT_EQ(lines(mistakes).find("hush"), std::string::npos);
    return lines(mistakes);
  };
  for (const char* usual : {"hush", "hush\n", "hush\r\n", "hu sh ", "-----BEGIN\nhush\n"})
    EXPECT_EQ(warned(usual), "") << usual;
  EXPECT_NE(warned("\xEF\xBB\xBFhush\n").find("byte order mark"), std::string::npos);
  EXPECT_NE(warned(std::string_view("\xFF\xFEh\0u\0", 6)).find("UTF-16"), std::string::npos);
  EXPECT_NE(warned(std::string_view("\xFE\xFF\0h\0u", 6)).find("UTF-16"), std::string::npos);
  for (const char* ends : {"hush\n\n", "hush\r\n\r\n", "hush\n\r\n"})
    EXPECT_NE(warned(ends).find("more than one line end"), std::string::npos) << ends;
  EXPECT_NE(warned("hush", 0644).find("may be read by every user"), std::string::npos);
  EXPECT_EQ(warned("hush", 0640), "") << "a group is chosen on purpose";
}

TEST(SecretKey, IsNotReadWhereSecretsAreSkipped) {
  Mistakes mistakes(SecretUse::skip);
  const auto root =
      parse("a: {file: /nowhere/pw}\nb: {env: SONDE_NOT_SET}\nc: {fiel: x}", "a.yaml", mistakes);
  Secret secret;
  EXPECT_TRUE(read_secret(*root->find("a"), Reader(mistakes), secret));
  EXPECT_EQ(secret, file("/nowhere/pw"));
  EXPECT_TRUE(read_secret(*root->find("b"), Reader(mistakes), secret));
  EXPECT_EQ(lines(mistakes), "");
  EXPECT_EQ(mistakes.skipped(),
            (std::vector<std::string>{"file /nowhere/pw", "env SONDE_NOT_SET"}));
  EXPECT_FALSE(read_secret(*root->find("c"), Reader(mistakes), secret)) << "its form is checked";
}

TEST(SecretKey, ARelativeFileStandsBesideTheFileThatNamesIt) {
  const Folder folder;
  folder.write("pw", "hush");
  Mistakes mistakes;
  const auto root = parse("v: {file: pw}", (folder / "sonde.yaml").string(), mistakes);
  Secret secret;
  ASSERT_TRUE(read_secret(*root->find("v"), Reader(mistakes), secret)) << lines(mistakes);
  EXPECT_EQ(secret.reveal(), "hush");
}

}  // namespace
}  // namespace sonde::config::secret_test
