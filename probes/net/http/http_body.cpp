#include "probes/net/http/http_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/net/http/http_text.hpp"

namespace sonde::net {
namespace {

constexpr std::uint64_t coding_overhead = 65536;

// Whether it names a compression that was not asked for, or several. Browsers take a body with
// another word there ("UTF-8", "none") as it is.
bool is_other_compression(std::string_view word) {
  return word.contains(',') || same_word(word, "br") || same_word(word, "zstd") ||
         same_word(word, "compress") || same_word(word, "x-compress");
}

}  // namespace

BodySink::BodySink(Response& response, std::size_t body_max, bool clip)
    : response_(response), body_max_(body_max), clip_(clip) {}

bool BodySink::begin(const Headers& headers, std::uint64_t length) {
  const std::string* header = find_header(headers, "content-encoding");
  const std::string_view coding = header ? trimmed(*header) : std::string_view();
  if (same_word(coding, "gzip") || same_word(coding, "x-gzip")) {
    inflate_.emplace(Inflate::Coding::gzip);
  } else if (same_word(coding, "deflate")) {
    inflate_.emplace(Inflate::Coding::deflate);
  } else if (is_other_compression(coding) && !clip_) {
    unknown_coding_ = {
        Reason::bad_encoding,
        fmt::format("the body is encoded as {}, which was not asked for", quoted(coding))};
  }
  if (!expect(length)) return false;
  response_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, body_max_)));
  return true;
}

bool BodySink::expect(std::uint64_t bytes) {
  // Compressed data is at most a few bytes longer than the data itself.
  const std::uint64_t most = body_max_ + (inflate_ ? coding_overhead : 0);
  return clip_ || (bytes <= most && received_ <= most - bytes) || full();
}

bool BodySink::append(std::string_view bytes) {
  received_ += bytes.size();
  if (inflate_) {
    const auto state = inflate_->feed(bytes, response_.body, body_max_);
    if (state == Inflate::State::too_big) return full();
    if (state == Inflate::State::broken) {
      return fail({Reason::bad_encoding, "the body is not what its Content-Encoding says"});
    }
    return true;
  }
  const std::size_t room = body_max_ - std::min(body_max_, response_.body.size());
  response_.body.append(bytes.substr(0, room));
  return bytes.size() <= room || full();
}

bool BodySink::finish() {
  if (unknown_coding_.reason != Reason::ok) return fail(unknown_coding_);
  // Many servers send an empty body with Content-Encoding.
  if (!inflate_ || received_ == 0 || inflate_->state() == Inflate::State::complete) return true;
  return fail({Reason::bad_encoding, "the compressed body ends in the middle"});
}

bool BodySink::full() {
  if (!clip_) {
    return fail(
        {Reason::body_too_big, fmt::format("the body exceeds {} bytes (limits.body)", body_max_)});
  }
  clipped_ = true;
  return false;
}

bool BodySink::fail(Failure failure) {
  failure_ = unknown_coding_.reason == Reason::ok ? std::move(failure) : unknown_coding_;
  return false;
}

}  // namespace sonde::net
