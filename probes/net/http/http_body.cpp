#include "probes/net/http/http_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "probes/net/http/http_text.hpp"

namespace sonde::net {
namespace {

constexpr std::uint64_t coding_overhead = 65536;

constexpr std::size_t codings_max = 4;

std::optional<Inflate::Coding> coding_of(std::string_view word) {
  if (same_word(word, "gzip") || same_word(word, "x-gzip")) return Inflate::Coding::gzip;
  if (same_word(word, "deflate")) return Inflate::Coding::deflate;
  return std::nullopt;
}

bool is_other_compression(std::string_view word) {
  return same_word(word, "br") || same_word(word, "zstd") || same_word(word, "compress") ||
         same_word(word, "x-compress");
}

// The codings of a body, in the order in which they were applied. A word that is none, such as
// "UTF-8" or "none", is left out, as browsers do. nullopt: it names a compression that was not
// asked for, or too many.
std::optional<std::vector<Inflate::Coding>> codings_of(const Headers& headers) {
  std::vector<Inflate::Coding> all;
  for (const auto& [name, value] : headers) {
    if (!same_word(name, "content-encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view word = trimmed(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (is_other_compression(word)) return std::nullopt;
      if (const auto coding = coding_of(word)) all.push_back(*coding);
    }
  }
  return all.size() <= codings_max ? std::optional(all) : std::nullopt;
}

}  // namespace

BodySink::BodySink(Response& response, std::size_t body_max, bool clip)
    : response_(response), body_max_(body_max), clip_(clip) {}

bool BodySink::begin(const Headers& headers, std::uint64_t length) {
  if (const auto codings = codings_of(headers)) {
    for (auto coding = codings->rbegin(); coding != codings->rend(); ++coding)
      inflate_.emplace_back(*coding);
  } else {
    unknown_coding_ = {Reason::bad_encoding,
                       fmt::format("the body is encoded as {}, which was not asked for",
                                   quoted(*find_header(headers, "content-encoding")))};
  }
  if (!expect(length)) return false;
  response_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, body_max_)));
  return true;
}

bool BodySink::expect(std::uint64_t bytes) {
  // Compressed data is at most a few bytes longer than the data itself.
  const std::uint64_t most = body_max_ + (inflate_.empty() ? 0 : coding_overhead);
  return clip_ || (bytes <= most && received_ <= most - bytes) || full();
}

bool BodySink::append(std::string_view bytes) {
  received_ += bytes.size();
  if (!inflate_.empty()) return decode(bytes);
  const std::size_t room = body_max_ - std::min(body_max_, response_.body.size());
  response_.body.append(bytes.substr(0, room));
  return bytes.size() <= room || full();
}

// Decodes through each coding; what is between two of them is as long as a body at most.
bool BodySink::decode(const std::string_view raw) {
  std::string_view bytes = raw;
  std::string between;
  for (Inflate& inflate : inflate_) {
    const bool last = &inflate == &inflate_.back();
    std::string out;
    const auto state =
        inflate.feed(bytes, last ? response_.body : out, body_max_ + (last ? 0 : coding_overhead));
    if (state == Inflate::State::too_big) return full();
    if (state == Inflate::State::broken) {
      // Not encoded at all, maybe: what came of it is stored as it is, as it may be a token.
      if (received_ == raw.size()) response_.body = raw.substr(0, body_max_);
      return fail({Reason::bad_encoding, "the body is not what its Content-Encoding says"});
    }
    between = std::move(out);
    bytes = between;
  }
  return true;
}

bool BodySink::finish() {
  if (unknown_coding_.reason != Reason::ok) return fail(unknown_coding_);
  // Many servers send an empty body with Content-Encoding.
  if (received_ == 0) return true;
  if (std::ranges::all_of(inflate_, [](Inflate& one) { return one.finish(); })) return true;
  return fail({Reason::bad_encoding, "the compressed body ends in the middle"});
}

bool BodySink::full() {
  if (!clip_ || unknown_coding_.reason != Reason::ok) {
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
