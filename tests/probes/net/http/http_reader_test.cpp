#include "probes/net/http/http_reader.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace sonde::net::http_reader_test {
namespace {

constexpr Reading small{.header_max = 512, .body_max = 64};

void feed(ResponseReader& reader, std::string_view bytes) {
  while (!bytes.empty() && !reader.over()) {
    const auto space = reader.space();
    const std::size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    reader.received(count);
    bytes.remove_prefix(count);
  }
}

// The reader of a response that came at once, byte by byte, or in pieces of another size.
ResponseReader read(std::string_view bytes, const Reading& reading = small,
                    std::size_t piece = 4096) {
  ResponseReader reader(reading);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    feed(reader, bytes.substr(0, piece));
  }
  return reader;
}

Failure failure_of(std::string_view bytes) { return read(bytes).failure(); }

Failure failure_at_end_of(std::string_view bytes) {
  auto reader = read(bytes);
  reader.ended();
  return reader.failure();
}

TEST(HttpReader, ReadsALengthedBody) {
  auto reader = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello");
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.response().status, 200);
  EXPECT_EQ(reader.response().body, "hello");
  ASSERT_NE(reader.response().header("x-a"), nullptr);
  EXPECT_EQ(*reader.response().header("x-a"), "b");
}

TEST(HttpReader, KeepsAReasonPhraseThatSaysMoreThanTheStatus) {
  EXPECT_EQ(read("HTTP/1.1 401 Account locked\r\n\r\n").response().phrase, "Account locked");
  for (const std::string line :
       {"401 Unauthorized", "422 Unprocessable Content", "200 Fine", "500"})
    EXPECT_EQ(read("HTTP/1.1 " + line + "\r\n\r\n").response().phrase, "") << line;
}

TEST(HttpReader, DoesNotMindHowTheBytesAreCut) {
  constexpr std::string_view bytes =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n\r\n"
      "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    auto reader = read(bytes, small, piece);
    ASSERT_TRUE(reader.done()) << piece << ": " << reader.failure().detail;
    EXPECT_EQ(reader.response().body, "abcdefg");
    EXPECT_EQ(reader.response().headers.size(), 2U) << "a trailer is no header";
  }
}

TEST(HttpReader, ABodyWithoutLengthLastsUntilTheEnd) {
  auto reader = read("HTTP/1.0 200 OK\r\n\r\nall of it");
  EXPECT_FALSE(reader.done());
  reader.ended();
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.response().body, "all of it");
}

TEST(HttpReader, AnAnswerToHeadHasNoBody) {
  Reading head = small;
  head.no_body = true;
  auto reader = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head);
  EXPECT_TRUE(reader.done());
}

TEST(HttpReader, NoContentAndNotModifiedHaveNoBody) {
  EXPECT_TRUE(read("HTTP/1.1 204 No Content\r\n\r\n").done());
  EXPECT_TRUE(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").done());
}

TEST(HttpReader, SkipsInterimResponses) {
  auto reader = read(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.response().status, 200);
  EXPECT_EQ(reader.response().header("link"), nullptr);
}

TEST(HttpReader, EndlessInterimResponsesAreBounded) {
  std::string bytes;
  for (int i = 0; i < 30; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(failure_of(bytes).reason, Reason::bad_http) << "by the bound of the headers";
  const Reading large{.header_max = 8192, .body_max = 64};
  EXPECT_EQ(read(bytes + "HTTP/1.1 204 No Content\r\n\r\n", large).response().status, 204);
  EXPECT_EQ(read(bytes + bytes + bytes, large).failure().detail, "more than 64 interim responses");
}

TEST(HttpReader, SwitchingProtocolsIsAnAnswerAndWhatFollowsIsNotPartOfIt) {
  auto reader = read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x02hi");
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.response().status, 101);
  EXPECT_EQ(reader.rest(), "\x81\x02hi");
}

TEST(HttpReader, HeadersBeyondTheirBoundAreRefusedHoweverTheyCome) {
  const std::string line = "X-Pad: 0123456789012345678901234567890123456789\r\n";
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 20; ++i) bytes += line;
  EXPECT_EQ(failure_of(bytes).reason, Reason::header_too_big);
  EXPECT_EQ(read(bytes, small, 7).failure().reason, Reason::header_too_big);
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nX: " + std::string(600, 'a')).reason,
            Reason::header_too_big);
}

TEST(HttpReader, EndlessTrailersAreBounded) {
  std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 60; ++i) bytes += "Trailer: " + std::to_string(i) + "\r\n";
  EXPECT_EQ(failure_of(bytes).reason, Reason::header_too_big);
}

TEST(HttpReader, ABodyBeyondItsBoundIsRefusedBeforeItCame) {
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\nx").reason,
            Reason::body_too_big);
  for (const std::string length : {"99999999999", "9223372036854775808", "18446744073709551615"})
    EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nx").reason,
              Reason::body_too_big)
        << length;
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                       "Content-Length: 18446744073709551615\r\n\r\n\x1f\x8b")
                .reason,
            Reason::body_too_big)
      << "compressed as well";
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nx").reason,
            Reason::bad_http);
}

TEST(HttpReader, AnEndlessBodyIsRefusedAtItsBound) {
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\n\r\n" + std::string(65, 'a')).reason,
            Reason::body_too_big);
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" +
                       std::string(65, 'a'))
                .reason,
            Reason::body_too_big);
}

TEST(HttpReader, AChunkThatCannotFitIsNotAwaited) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string size : {"41", "10000", "ffffffffffffffff"})
    EXPECT_EQ(failure_of(chunked + size + "\r\n").reason, Reason::body_too_big) << size;
  EXPECT_EQ(failure_of(chunked + "20\r\n" + std::string(32, 'a') + "\r\n21\r\n").reason,
            Reason::body_too_big);
  EXPECT_EQ(failure_of(chunked + "40\r\n").reason, Reason::ok);
}

TEST(HttpReader, AClippedBodyIsKeptToItsBound) {
  Reading clipped = small;
  clipped.clip_body = true;
  auto reader =
      read("HTTP/1.1 403 No\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'a'), clipped);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.response().body, std::string(64, 'a'));
}

TEST(HttpReader, GarbageShowsItsFirstBytes) {
  const Failure failure = failure_of("SSH-2.0-OpenSSH_9.2\r\n\x01");
  EXPECT_EQ(failure.reason, Reason::bad_http);
  EXPECT_NE(failure.detail.find("\"SSH-2.0-OpenSSH_9.2\\x0d\\x0a"), std::string::npos)
      << failure.detail;
}

TEST(HttpReader, KnowsTlsByItsAlert) {
  const Failure failure = failure_at_end_of({"\x15\x03\x03\x00\x02\x02\x46", 7});
  EXPECT_EQ(failure.reason, Reason::bad_http);
  EXPECT_NE(failure.detail.find("speaks TLS"), std::string::npos) << failure.detail;
}

TEST(HttpReader, KnowsHttp2ByItsSettings) {
  EXPECT_EQ(failure_of({"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00", 10}).reason, Reason::alpn_h2);
  EXPECT_EQ(failure_at_end_of({"\x00\x00\x00\x04\x00", 5}).reason, Reason::alpn_h2);
}

TEST(HttpReader, ChunkedGarbageIsBadHttp) {
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").reason,
            Reason::bad_http);
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n").reason,
            Reason::bad_http);
}

TEST(HttpReader, ContradictoryLengthsAreBadHttp) {
  EXPECT_EQ(failure_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n").reason,
            Reason::bad_http);
}

TEST(HttpReader, EndsInTheMiddleAreToldApart) {
  EXPECT_EQ(failure_at_end_of("").reason, Reason::closed_early);
  EXPECT_EQ(failure_at_end_of("HTTP/1.1 200 OK\r\nX: y\r\n").reason, Reason::closed_early);
  EXPECT_EQ(failure_at_end_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour").reason,
            Reason::truncated_body);
  EXPECT_EQ(failure_at_end_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").reason,
            Reason::truncated_body);
  EXPECT_EQ(failure_at_end_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").reason,
            Reason::truncated_body);
}

TEST(HttpReader, ACodingThatWasNotAskedForIsRefused) {
  const Failure failure =
      failure_of("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(failure.reason, Reason::bad_encoding);
  EXPECT_NE(failure.detail.find("\"br\""), std::string::npos);
}

}  // namespace
}  // namespace sonde::net::http_reader_test
