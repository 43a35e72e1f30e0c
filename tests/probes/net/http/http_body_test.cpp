#include "probes/net/http/http_body.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace sonde::net::http_body_test {
namespace {

std::string gzipped(std::string_view text) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

struct Received {
  std::string body;
  Failure failure;
};
Received receive(const Headers& headers, std::string_view bytes, std::size_t max = 1000) {
  Response response;
  BodySink sink(response, max, false);
  bool good = sink.begin(headers, bytes.size());
  for (; good && !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(7, bytes.size())))
    good = sink.append(bytes.substr(0, 7));
  if (good) sink.finish();
  return {response.body, sink.failure()};
}

TEST(BodySink, DecodesWhatIsEncodedTwiceAsBrowsersDo) {
  const std::string twice = gzipped(gzipped("hello"));
  for (const Headers& headers :
       {Headers{{"Content-Encoding", "gzip, gzip"}},
        Headers{{"Content-Encoding", "gzip"}, {"Content-Encoding", "x-gzip"}},
        Headers{{"Content-Encoding", "gzip,UTF-8 , gzip"}}})
    EXPECT_EQ(receive(headers, twice).body, "hello");
  EXPECT_EQ(receive({{"Content-Encoding", "gzip, gzip"}}, gzipped("hello")).failure.reason,
            Reason::bad_encoding);
}

TEST(BodySink, TakesAGzipBodyWithoutItsTrailer) {
  const std::string whole = gzipped("hello");
  const Headers gzip{{"Content-Encoding", "gzip"}};
  EXPECT_EQ(receive(gzip, whole.substr(0, whole.size() - 8)).failure.reason, Reason::ok);
  EXPECT_EQ(receive(gzip, whole.substr(0, whole.size() - 9)).failure.reason, Reason::bad_encoding);
}

TEST(BodySink, BoundsWhatIsEncodedTwice) {
  const std::string bomb = gzipped(gzipped(std::string(50'000'000, '0')));
  EXPECT_EQ(receive({{"Content-Encoding", "gzip, gzip"}}, bomb).failure.reason,
            Reason::body_too_big);
}

TEST(BodySink, RefusesACompressionThatWasNotAskedFor) {
  for (const std::string coding : {"br", "gzip, br", "gzip,gzip,gzip,gzip,gzip"})
    EXPECT_EQ(receive({{"Content-Encoding", coding}}, "x").failure.reason, Reason::bad_encoding)
        << coding;
}

}  // namespace
}  // namespace sonde::net::http_body_test
