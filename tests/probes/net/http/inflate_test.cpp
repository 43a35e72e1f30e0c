#include "probes/net/http/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace sonde::net::inflate_test {
namespace {

using Coding = Inflate::Coding;
using State = Inflate::State;

constexpr int gzip = 16 + MAX_WBITS, zlib = MAX_WBITS, raw = -MAX_WBITS;

std::string deflated(std::string_view text, int window) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

struct Result {
  State state;
  std::string text;
};

Result inflated(Coding coding, std::string_view bytes, std::size_t max = 1 << 20,
                std::size_t piece = 1 << 20) {
  Inflate inflate(coding);
  Result result{State::more, ""};
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    result.state = inflate.feed(bytes.substr(0, piece), result.text, max);
  }
  return result;
}

const std::string text = "the same words again, the same words again, the same words again";

TEST(Inflate, UndoesEveryCodingInPiecesOfAnySize) {
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    for (const auto& [coding, window] :
         {std::pair(Coding::gzip, gzip), {Coding::deflate, zlib}, {Coding::deflate, raw}}) {
      const Result result = inflated(coding, deflated(text, window), 4096, piece);
      EXPECT_EQ(result.state, State::complete) << window << " in pieces of " << piece;
      EXPECT_EQ(result.text, text);
    }
  }
}

TEST(Inflate, MoreThanItsWindowComesOutWhole) {
  std::string much;
  for (int i = 0; i < 50'000; ++i) much += std::to_string(i);
  const Result result = inflated(Coding::gzip, deflated(much, gzip));
  EXPECT_EQ(result.state, State::complete);
  EXPECT_EQ(result.text, much);
}

TEST(Inflate, ABombStopsAtTheBound) {
  const Result result = inflated(Coding::gzip, deflated(std::string(50'000'000, '0'), gzip), 1000);
  EXPECT_EQ(result.state, State::too_big);
  EXPECT_EQ(result.text.size(), 1000U);
}

TEST(Inflate, ABodyOfExactlyTheBoundIsWhole) {
  EXPECT_EQ(inflated(Coding::gzip, deflated(text, gzip), text.size()).state, State::complete);
  EXPECT_EQ(inflated(Coding::gzip, deflated(text, gzip), text.size() - 1).state, State::too_big);
}

TEST(Inflate, ConcatenatedMembersAreOneBody) {
  const std::string twice = deflated("one ", gzip) + deflated("two", gzip);
  for (const std::size_t piece : {1U, 3U, 1000U}) {
    const Result result = inflated(Coding::gzip, twice, 100, piece);
    EXPECT_EQ(result.state, State::complete);
    EXPECT_EQ(result.text, "one two");
  }
}

TEST(Inflate, GarbageIsBroken) {
  EXPECT_EQ(inflated(Coding::gzip, "not compressed at all").state, State::broken);
}

TEST(Inflate, AStreamCutShortIsWholeOnlyWithoutItsChecksum) {
  const std::string whole = deflated(text, gzip);
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    Inflate inflate(Coding::gzip);
    std::string out;
    inflate.feed(std::string_view(whole).substr(0, whole.size() - cut), out, 10'000);
    EXPECT_EQ(inflate.state(), State::more) << cut;
    EXPECT_EQ(inflate.finish(), cut <= 8) << cut;
    if (cut <= 8) EXPECT_EQ(out, text);
  }
  Inflate none(Coding::gzip);
  EXPECT_FALSE(none.finish());
}

}  // namespace
}  // namespace sonde::net::inflate_test
