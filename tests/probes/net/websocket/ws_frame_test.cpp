#include "probes/net/websocket/ws_frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/ws_server.hpp"

namespace sonde::net::ws_frame_test {
namespace {

using Heard = FrameReader::Heard;

// Everything that a reader makes of these bytes, which come so many at once.
std::vector<Heard> heard(FrameReader& reader, std::string_view bytes, std::size_t at_once) {
  std::vector<Heard> all;
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto count = std::min({at_once, bytes.size(), space.size()});
    bytes.copy(space.data(), count);
    bytes.remove_prefix(count);
    reader.received(count);
    while (auto one = reader.next()) all.push_back(*std::move(one));
  }
  return all;
}

std::string shown(const std::vector<Heard>& all) {
  std::string text;
  for (const auto& one : all)
    text += std::to_string(static_cast<int>(one.opcode)) + ":" + one.payload.substr(0, 20) + " ";
  return text;
}

Reason fault_of(std::string_view bytes, std::size_t message_max = 1000) {
  FrameReader reader({}, message_max);
  heard(reader, bytes, 1);
  return reader.failure() ? reader.failure()->reason : Reason::ok;
}

std::string told_of(std::string_view bytes, std::size_t at_once = 100) {
  FrameReader reader({}, 1000);
  heard(reader, bytes, at_once);
  const auto& failure = reader.failure();
  return failure ? std::string(name(failure->reason)) + ": " + failure->detail : "ok";
}

TEST(FrameReader, MakesTheSameOfBytesHoweverTheyAreCut) {
  const std::string long_text(70'000, 'x');
  const std::string bytes =
      test::frame(test::op_text, "one") + test::frame(test::op_binary, std::string(200, 'b')) +
      test::frame(test::op_text, "a", {.fin = false}) + test::frame(test::op_ping, "p") +
      test::frame(test::op_continuation, "", {.fin = false}) +
      test::frame(test::op_continuation, "bc") + test::frame(test::op_text, long_text) +
      test::frame(test::op_pong, "") + test::frame(test::op_close, "\x03\xe8");
  for (const std::size_t at_once : {1U, 2U, 3U, 7U, 512U, 100'000U}) {
    FrameReader reader({}, 100'000);
    const auto all = heard(reader, bytes, at_once);
    EXPECT_EQ(shown(all),
              "1:one 2:bbbbbbbbbbbbbbbbbbbb 9:p 1:abc 1:xxxxxxxxxxxxxxxxxxxx 10: "
              "8:\x03\xe8 ")
        << at_once;
    EXPECT_EQ(all.at(4).payload, long_text);
  }
}

TEST(FrameReader, BeginsWithWhatCameBefore) {
  FrameReader reader(test::frame(test::op_text, "early") + "\x81", 1000);
  EXPECT_EQ(reader.next()->payload, "early");
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(shown(heard(reader,
                        "\x04"
                        "bird",
                        1)),
            "1:bird ");
}

TEST(FrameReader, WaitsWithASmallBufferAlsoAfterALargeMessage) {
  FrameReader reader({}, 100'000);
  EXPECT_EQ(reader.space().size(), 512U);
  heard(reader, test::frame(test::op_text, std::string(70'000, 'x')), 100'000);
  EXPECT_EQ(reader.space().size(), 512U);
}

TEST(FrameReader, RefusesAMessageBeyondTheBoundByItsHead) {
  EXPECT_EQ(fault_of(test::frame(test::op_text, std::string(1000, 'x'))), Reason::ok);
  EXPECT_EQ(fault_of(test::frame(test::op_text, std::string(1001, 'x')).substr(0, 4)),
            Reason::message_too_big);
  EXPECT_EQ(fault_of({"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10}), Reason::message_too_big);
  EXPECT_EQ(fault_of(test::frame(test::op_text, std::string(600, 'x'), {.fin = false}) +
                     test::frame(test::op_continuation, std::string(600, 'x'))),
            Reason::message_too_big);
}

TEST(FrameReader, RefusesLengthsThatAreLongerThanTheyNeedBe) {
  EXPECT_EQ(fault_of({"\x82\x7e\x00\x7d", 4}), Reason::protocol_error);
  EXPECT_EQ(fault_of({"\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10}), Reason::protocol_error);
  EXPECT_EQ(fault_of({"\x82\x7e\x00\x7e", 4}), Reason::ok);
}

TEST(FrameReader, KnowsTheCodesThatACloseFrameMayHold) {
  for (const int code : {1000, 1003, 1007, 1011, 1014, 3000, 4999})
    EXPECT_EQ(fault_of(test::frame(test::op_close, make_close(code))), Reason::ok) << code;
  for (const int code : {1, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535})
    EXPECT_EQ(fault_of(test::frame(test::op_close, make_close(code))), Reason::protocol_error)
        << code;
  EXPECT_EQ(fault_of(test::frame(test::op_close, make_close(1000) + "\xff")),
            Reason::protocol_error);
}

TEST(FrameReader, ALengthWithItsTopBitSetBreaksTheProtocol) {
  EXPECT_EQ(told_of({"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10}),
            "protocol_error: the length of a frame has its top bit set; it begins "
            "82 7f ff ff ff ff ff ff |........|");
  EXPECT_EQ(fault_of({"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10}), Reason::protocol_error);
}

TEST(FrameReader, ShowsHowAWrongFrameBegins) {
  EXPECT_EQ(told_of(test::frame(test::op_text, "{}", {.rsv = 4})),
            "extension_fault: a frame has reserved bits set, and no extension was negotiated; it "
            "begins c1 02 7b 7d |..{}|");
  EXPECT_EQ(told_of(test::frame(3, "0123456789")),
            "protocol_error: a frame has the reserved opcode 3; it begins "
            "83 0a 30 31 32 33 34 35 |..012345|");
  EXPECT_EQ(told_of(test::frame(test::op_continuation, "x")),
            "protocol_error: a fragment continues no message; it begins 80 01 78 |..x|");
}

TEST(FrameReader, TellsTextFromFramesHoweverItIsCut) {
  const std::string texts[] = {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "<html><body>busy</body></html>",
                               "{\"type\":\"ready\"}", "\n\nhello, world", "[1,2,3,4,5]"};
  for (const auto& text : texts)
    for (const std::size_t at_once : {1U, 2U, 3U, 100U}) {
      const std::string told = told_of(text, at_once);
      EXPECT_TRUE(told.starts_with("protocol_error: not a frame, but text: \"")) << told;
    }
  EXPECT_EQ(told_of("<html>busy", 100), "protocol_error: not a frame, but text: \"<html>busy\"");
}

TEST(FrameReader, TellsTextOfAnyLanguageFromFrames) {
  const std::string texts[] = {"Ошибка: сервис недоступен", "サーバーは混雑しています",
                               "\xef\xbb\xbf{\"type\":\"ready\"}", "Störung: spät er", "🚧 closed"};
  for (const auto& text : texts)
    for (const std::size_t at_once : {1U, 2U, 3U, 100U}) {
      const std::string told = told_of(text, at_once);
      EXPECT_TRUE(told.starts_with("protocol_error: not a frame, but text: \"")) << told;
    }
  EXPECT_EQ(told_of("Störung hier", 100),
            "protocol_error: not a frame, but text: \"Störung hier\"");
}

TEST(FrameReader, AShortTextIsToldAtTheEnd) {
  FrameReader reader({}, 1000);
  heard(reader, "busy", 1);
  EXPECT_FALSE(reader.failure());
  reader.ended();
  ASSERT_TRUE(reader.failure());
  EXPECT_EQ(reader.failure()->detail, "not a frame, but text: \"busy\"");
}

TEST(FrameReader, KnowsWhetherItIsWithinAFrame) {
  const auto within = [](const std::string& bytes) {
    FrameReader reader({}, 1000);
    heard(reader, bytes, 1);
    return reader.is_within();
  };
  const std::string whole = test::frame(test::op_text, "whole");
  EXPECT_FALSE(within(whole));
  EXPECT_TRUE(within(whole + "\x81"));
  EXPECT_TRUE(within(whole.substr(0, 4)));
  EXPECT_TRUE(within(test::frame(test::op_text, "part", {.fin = false})));
}

TEST(FrameReader, SaysWhatIsWrongWithAClose) {
  const auto close = [](int code, const std::string& reason) {
    return told_of(test::frame(test::op_close, make_close(code) + reason));
  };
  EXPECT_EQ(
      close(1006, "upstream gone"),
      "protocol_error: a Close with the code 1006, which no server may send: \"upstream gone\"");
  EXPECT_EQ(
      close(999, "worker 3 died"),
      "protocol_error: a Close with the code 999, which no server may send: \"worker 3 died\"");
  EXPECT_EQ(close(1008, "caf\xc3"),
            "protocol_error: a Close with the code 1008 and a reason that is not UTF-8: \"caf\"");
  EXPECT_EQ(told_of(test::frame(test::op_close, "x")),
            "protocol_error: a Close of one byte, which is no code");
}

TEST(FrameReader, GivesTheCloseThatIsWrong) {
  FrameReader reader({}, 1000);
  const auto all = heard(reader, test::frame(test::op_close, make_close(1006) + "gone"), 100);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(close_text(all[0].payload).code, 1006);
  EXPECT_NE(all[0].fault, "");
}

TEST(FrameReader, LooksAtTextsAlone) {
  EXPECT_EQ(fault_of(test::frame(test::op_binary, "\xff")), Reason::ok);
  EXPECT_EQ(fault_of(test::frame(test::op_text, "\xff")), Reason::malformed);
  EXPECT_EQ(fault_of(test::frame(test::op_text, "\xe2\x82", {.fin = false}) +
                     test::frame(test::op_continuation, "\xac")),
            Reason::ok)
      << "a character may be cut by fragments";
  EXPECT_EQ(fault_of(test::frame(test::op_ping, "\xff")), Reason::ok);
}

TEST(FrameReader, SaysNothingAfterAFailure) {
  FrameReader reader({}, 1000);
  const auto all = heard(reader,
                         test::frame(test::op_text, "good") + test::frame(3, "bad") +
                             test::frame(test::op_text, "unheard"),
                         1000);
  EXPECT_EQ(shown(all), "1:good ");
  EXPECT_EQ(reader.failure()->reason, Reason::protocol_error);
}

TEST(FrameReader, HoldsNoMoreThanItsBoundWhateverComes) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255);
  int wrong = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(300, '\0');
    std::ranges::generate(bytes, [&] { return static_cast<char>(byte(random)); });
    bytes[0] = static_cast<char>(round % 2 == 0 ? 0x82 : 0x02);  // half of them begin well
    bytes[1] = static_cast<char>(round % 100);
    FrameReader reader({}, 200);
    for (const auto& one : heard(reader, bytes, 64)) EXPECT_LE(one.payload.size(), 200U);
    wrong += reader.failure() ? 1 : 0;
    EXPECT_LE(reader.space().size(), 16U * 1024);
  }
  EXPECT_GT(wrong, 1500);
}

// The example of RFC 6455 5.7.
TEST(Frames, AreMaskedAsTheStandardShows) {
  const std::string hello("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
  EXPECT_EQ(make_frame(Opcode::text, "Hello", 0x37fa213d), hello);
}

TEST(Frames, HaveTheShortestLength) {
  const auto head = [](std::size_t size) {
    const auto bytes = make_frame(Opcode::binary, std::string(size, 'x'), 0);
    return std::pair(static_cast<int>(bytes[1] & 0x7f), bytes.size() - size);
  };
  EXPECT_EQ(head(125), std::pair(125, std::size_t{6}));
  EXPECT_EQ(head(126), std::pair(126, std::size_t{8}));
  EXPECT_EQ(head(65535), std::pair(126, std::size_t{8}));
  EXPECT_EQ(head(65536), std::pair(127, std::size_t{14}));
}

TEST(CloseText, IsACodeAndAReasonOrNothing) {
  EXPECT_EQ(make_close(0), "");
  EXPECT_EQ(make_close(1000), "\x03\xe8");
  EXPECT_EQ(close_text("").code, 0);
  EXPECT_EQ(close_text("\x11\x31"
                       "bad token")
                .code,
            4401);
  EXPECT_EQ(close_text("\x11\x31"
                       "bad token")
                .reason,
            "bad token");
}

}  // namespace
}  // namespace sonde::net::ws_frame_test
