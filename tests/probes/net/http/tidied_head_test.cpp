#include "probes/net/http/tidied_head.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "probes/net/http/http_reader.hpp"

namespace sonde::net::tidied_head_test {
namespace {

// The reader of a response that comes in pieces of this size and then ends.
ResponseReader read(std::string_view bytes, std::size_t piece = 4096) {
  ResponseReader reader({.header_max = 512, .body_max = 64});
  while (!bytes.empty() && !reader.over()) {
    const auto space = reader.space();
    const std::size_t count = std::min({space.size(), bytes.size(), piece});
    std::memcpy(space.data(), bytes.data(), count);
    reader.received(count);
    bytes.remove_prefix(count);
  }
  if (!reader.over()) reader.ended();
  return reader;
}

struct Odd {
  std::string_view bytes;
  int status = 200;
  std::string_view body = "hello";
};

TEST(TidiedHead, WhatBrowsersAcceptIsReadHoweverItIsCut) {
  const Odd all[] = {
      {"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 404 \r\nContent-Length: 5\r\n\r\nhello", 404},
      {"HTTP/1.1  200   Fine\r\nContent-Length: 5\r\n\r\nhello"},
      {"http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.7 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello"},
      {"HTTP/1.1 200 OK\nContent-Length: 5\r\n\nhello"},
      {"HTTP/1.0 200 OK\nX: y\n\nhello"},
      {"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\r\na name: x\r\n folded\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5\r\nhello\r\n0\r\n\r\n"},
      {"HTTP/1.1 200 OK\nTransfer-Encoding : chunked\n\n5\r\nhello\r\n0\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2  \r\nhe\r\n3 \t\r\nllo\r\n0  \r\n\r\n"},
      {"HTTP/1.1 100 Continue\n\nHTTP/1.1 200\n\nhello"},
      {"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5\r\nhello\r\n0\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"
       "5\r\nhello\r\n0\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nhe\n3;x=y\nllo\n0\n\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2\r\nhe\n3\r\nllo\r\n0\r\nTrailer: x\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\nA: b\nC: d\n\n"},
      {"HTTP/1.1 200 OK\r\nX-Odd: a\x01z\x7f\r\nContent-Length: 5\r\n\r\nhello"},
      {"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /a\r\nContent-Length: 5\r\n\r\nhello", 302},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: UTF-8\r\nContent-Length: 5\r\n\r\nhello"},
  };
  for (const Odd& odd : all)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{4096}}) {
      auto reader = read(odd.bytes, piece);
      ASSERT_TRUE(reader.done()) << odd.bytes << " by " << piece << ": " << reader.failure().detail;
      EXPECT_EQ(reader.response().status, odd.status) << odd.bytes;
      EXPECT_EQ(reader.response().body, odd.body) << odd.bytes;
    }
}

TEST(TidiedHead, WhatIsDangerousStaysRefused) {
  for (const std::string_view bytes : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
           "HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 4\n\nhello",
           "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nContent-Length: -5\n\nhello",
           "HTTP/1.1 2000 OK\r\n\r\nhello",
           "HTTP/1.1 OK\r\n\r\nhello",
           "HTTP/2 200 OK\r\n\r\nhello",
           "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5x\nhello\n0\n\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhelloo\n0\n\n",
           "HTTP/x.1 200 OK\r\n\r\nhello",
           "ICY 200 OK\r\n\r\nhello",
           "\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\n",
       })
    EXPECT_EQ(read(bytes).failure().reason, Reason::bad_http) << bytes;
  EXPECT_EQ(read(std::string_view("HTTP/1.1 200 OK\nX: a\0b\n\nhello", 30)).failure().reason,
            Reason::bad_http);
}

TEST(TidiedHead, ACookieWithControlCharactersIsNotKeptAsInBrowsers) {
  auto reader = read(
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\x01\r\nSet-Cookie: b=2\r\nX: 1\x02\x33\r\n\r\nhello");
  ASSERT_TRUE(reader.done()) << reader.failure().detail;
  EXPECT_EQ(reader.response().headers, (Headers{{"Set-Cookie", "b=2"}, {"X", "1 3"}}));
}

TEST(TidiedHead, ChunksWithLineFeedsAreBoundedAsOthersAre) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read(chunked + "41\n" + std::string(65, 'a') + "\n0\n\n").failure().reason,
            Reason::body_too_big);
  std::string trailers = chunked + "0\n";
  for (int i = 0; i < 60; ++i) trailers += "Trailer: " + std::to_string(i) + "\n";
  EXPECT_EQ(read(trailers).failure().reason, Reason::header_too_big);
  EXPECT_EQ(read(chunked + "5\nhel").failure().reason, Reason::truncated_body);
}

TEST(TidiedHead, AFaultIsShownWhereItIs) {
  const auto failure =
      read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello").failure();
  EXPECT_NE(failure.detail.find("at \"Content-Length: 4"), std::string::npos) << failure.detail;
}

TEST(TidiedHead, IsBoundedAsAnyHead) {
  std::string bytes = "HTTP/1.1 200\n";
  for (int i = 0; i < 100; ++i) bytes += "X-Pad: 0123456789\n";
  EXPECT_EQ(read(bytes).failure().reason, Reason::header_too_big);
  EXPECT_EQ(read(bytes, 1).failure().reason, Reason::header_too_big);
}

TEST(TidiedHead, LeavesOutWhatIsNoFieldAndKeepsTheOthers) {
  const auto head = tidied_head("HTTP/1.1 200\n x\nA : 1\n: 2\nB C: 3\n d\nE:4\n  f\n\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(*head, "HTTP/1.1 200 \r\nA: 1\r\nE: 4 f\r\n\r\n");
}

}  // namespace
}  // namespace sonde::net::tidied_head_test
