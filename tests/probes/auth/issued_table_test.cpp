#include "probes/auth/issued_table.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "probes/text/encode.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::issued_table_test {
namespace {

using auth::IssuedTable;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// As random as a session, and the same in each run.
std::string session(int n) { return text::sha256("session " + std::to_string(n)).substr(0, 32); }

struct File : Folder {
  std::string path = write("unused", "") + ".issued";
};

TEST(IssuedTable, FindsAWholeSessionInAnyText) {
  const auto table = IssuedTable::in_memory();
  table->remember(session(1));
  for (const auto& [before, after] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {R"({"sessions":[")", "\"]}"},
                                                        {"sid=", "; Path=/"},
                                                        {"/sessions/", "/revoke"},
                                                        {"<li>", "</li>"},
                                                        {"it's '", "',"},
                                                        {"\xc3\xa4", "\n"}}) {
    const auto found = table->find(before + session(1) + after);
    ASSERT_EQ(found.size(), 1U) << before;
    EXPECT_THAT(found.front(), HasSubstr(session(1)));
    EXPECT_THAT(found.front(), Not(HasSubstr("/")));
  }
  EXPECT_THAT(table->find(session(2) + " and more of what a server says, 0123456789abcdef"),
              IsEmpty());
}

TEST(IssuedTable, FindsAnyLongPartAndEitherCase) {
  const auto table = IssuedTable::in_memory();
  table->remember(session(1));
  for (std::size_t at = 0; at + 23 <= 32; ++at)
    EXPECT_THAT(table->find("x " + session(1).substr(at, 23) + " y"),
                ElementsAre(session(1).substr(at, 23)))
        << at;
  std::string upper = session(1);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_THAT(table->find(upper), ElementsAre(upper));
}

TEST(IssuedTable, FindsTheIdWithinASignedCookie) {
  const auto table = IssuedTable::in_memory();
  table->remember("s%3A" + session(1) + ".zJ%2FsQ8signature%2Bxyz");
  EXPECT_THAT(table->find(R"({"ids":[")" + session(1) + "\"]}"), ElementsAre(session(1)));
  EXPECT_THAT(table->find("s:" + session(1)), Not(IsEmpty()));
}

// Tornado signs "2|KEY|TIME|NAME|VALUE|SIGNATURE"; others quote the value, or make it JSON.
TEST(IssuedTable, FindsTheLongPartsOfADividedCookie) {
  const std::string other = session(2);
  for (const std::string& cookie :
       {"2|1:0|10:1764520000|4:user|24:" + other + "|" + session(1), '"' + session(1) + '"',
        R"({"id":")" + session(1) + R"(","user":"alice"})", "[" + session(1) + "]",
        "alice," + session(1), "%222%7C1%3A0%7C" + session(1) + "%7C" + other + "%22",
        "2|" + session(1) + '\\' + other, "id=" + session(1) + "; of a visitor",
        "(" + session(1) + "`" + other + ")"}) {
    const auto table = IssuedTable::in_memory();
    table->remember(cookie);
    for (const std::string& shown : {cookie, session(1), "live: <" + session(1) + ">"}) {
      const auto found = table->find(shown);
      EXPECT_THAT(found, Contains(HasSubstr(session(1)))) << cookie << " in " << shown;
    }
    if (cookie.contains(other)) EXPECT_THAT(table->find(other), Not(IsEmpty())) << cookie;
  }
  const auto table = IssuedTable::in_memory();
  table->remember(R"({"sessionPreferencesOfUser":"internationalization","a":"b"})");
  EXPECT_THAT(table->find("sessionPreferencesOfUser internationalization"), IsEmpty());
}

TEST(IssuedTable, RemembersNoWordsAddressesAndJwts) {
  const auto table = IssuedTable::in_memory();
  for (const std::string text :
       {"application/x-www-form-urlencoded", "https://app.example.com/sessions/1234567890",
        "a sentence with 1 number", "/api/v1/users",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh", "short-1234", "general-discussion-room",
        "/ws/room-17/chat-2"}) {
    table->remember(text);
    EXPECT_THAT(table->find(text), IsEmpty()) << text;
  }
  for (const std::string text : {"12345678901234567890", "KJHGDSAFKJHGUIZTREWQMNBV",
                                 "sess_hKADZoLezSzHXfUduSDiXyjf_gWuZpYw"}) {
    table->remember(text);
    EXPECT_THAT(table->find(text), ElementsAre(text));
  }
}

TEST(IssuedTable, SurvivesItsProcessAndHoldsNoneOfTheTexts) {
  const File file;
  {
    const auto table = IssuedTable::open(file.path);
    ASSERT_TRUE(table) << table.error();
    (*table)->remember(session(1));
  }
  const auto again = IssuedTable::open(file.path);
  ASSERT_TRUE(again) << again.error();
  EXPECT_THAT((*again)->find(session(1)), ElementsAre(session(1)));
  std::ifstream stream(file.path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  for (std::size_t at = 0; at + 8 <= 32; ++at)
    EXPECT_FALSE(bytes.contains(session(1).substr(at, 8)));
  struct stat facts{};
  ASSERT_EQ(stat(file.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  EXPECT_LE(facts.st_size, 1100 * 1024);
}

TEST(IssuedTable, TakesNoOtherFile) {
  const File file;
  std::ofstream(file.path) << "something else";
  const auto table = IssuedTable::open(file.path);
  ASSERT_FALSE(table);
  EXPECT_THAT(table.error(), HasSubstr("remove it"));
}

TEST(IssuedTable, ForgetsOnlyTheOldest) {
  const auto table = IssuedTable::in_memory();
  constexpr int many = 60000;
  table->remember(session(-1));
  for (int n = 0; n < many; ++n) table->remember(session(n));
  for (int n = many - 16000; n < many; ++n)
    ASSERT_EQ(table->find(session(n)).size(), 1U) << many - n;
  EXPECT_THAT(table->find(session(-1)), IsEmpty()) << "bounded";
}

TEST(IssuedTable, IsSharedByThreads) {
  const auto table = IssuedTable::in_memory();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int n = 0; n < 1000; ++n) table->remember(session(t * 1000 + n));
    });
  for (std::thread& thread : threads) thread.join();
  for (int n = 0; n < 4000; ++n) ASSERT_EQ(table->find(session(n)).size(), 1U) << n;
}

TEST(IssuedTable, FindsManyInALongText) {
  const auto table = IssuedTable::in_memory();
  std::string text = "[";
  for (int n = 0; n < 1500; ++n) {
    table->remember(session(n));
    text += '"' + session(n) + "\",";
  }
  EXPECT_EQ(table->find(text).size(), 1500U);
  EXPECT_THAT(table->find(std::string(200000, 'a')), IsEmpty());
}

}  // namespace
}  // namespace sonde::test::issued_table_test
