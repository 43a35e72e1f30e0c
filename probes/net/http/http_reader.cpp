#include "probes/net/http/http_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include "probes/net/http/http_body.hpp"
#include "probes/net/http/http_text.hpp"
#include "probes/net/http/tidied_head.hpp"

namespace sonde::net {
namespace {

namespace http = boost::beast::http;
using Error = boost::beast::error_code;
using View = boost::beast::string_view;

// sufficient for most answers, and no more than malloc caches
constexpr std::size_t first_space = 1024;
constexpr std::size_t body_space = 16384;
constexpr int interim_max = 64;  // browsers have no bound
constexpr int switching_protocols = 101;

// Beast's parser, writing directly into a Response.
class Parser final : public http::basic_parser<false> {
 public:
  Parser(Response& response, BodySink& body, bool no_body) : response_(response), body_(body) {
    header_limit(UINT32_MAX);  // counted by the reader, because Beast counts each field separately
    body_limit(boost::none);   // counted by the sink, after decoding
    eager(true);
    skip(no_body);
  }

  // The header section is read, but not as browsers do.
  bool misread() const { return misread_; }
  // Whether the next bytes are a chunk header or a trailer.
  bool between_chunks() const { return is_header_done() && chunked() && chunk_left_ == 0; }

 private:
  void on_request_impl(http::verb, View, View, int, Error&) override {}
  void on_response_impl(int code, View phrase, int version, Error&) override {
    response_.status = code;
    if (code >= 400 && code < 600) note_phrase(code, phrase);
    version_ = version;
  }
  void on_field_impl(http::field, View name, View value, Error&) override {
    if (!is_header_done()) {  // a trailer is not a header
      response_.headers.emplace_back(std::string(name), std::string(value));
    }
  }
  // Chunks are read one by one, because each header is tidied before. Beast takes a body for whole
  // that is chunked twice, or chunked and something else.
  void on_header_impl(Error& error) override {
    eager(!chunked());
    const bool says = std::ranges::any_of(response_.headers, [](const auto& header) {
      return same_word(header.first, "transfer-encoding") && lists(header.second, "chunked");
    });
    misread_ = says && !chunked() && version_ >= 11;
    if (misread_) error = http::error::bad_transfer_encoding;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override {
    if (!body_.begin(response_.headers, length ? *length : 0)) error = http::error::body_limit;
  }
  std::size_t on_body_impl(View bytes, Error& error) override {
    if (!body_.append({bytes.data(), bytes.size()})) error = http::error::body_limit;
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t bytes, View, Error& error) override {
    chunk_left_ = bytes;
    if (!body_.expect(bytes)) error = http::error::body_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, Error& error) override {
    chunk_left_ -= bytes.size();
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(Error&) override {}

  // Keeps a phrase that says more than the status: "Account locked".
  void note_phrase(int code, View phrase) {
    constexpr std::size_t phrase_max = 200;
    const View usual = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(code)));
    const std::string_view said = trimmed({phrase.data(), phrase.size()});
    const bool known = same_word(said, {usual.data(), usual.size()}) ||
                       said.starts_with("Unprocessable") || same_word(said, "error");
    if (!known && said.size() <= phrase_max) response_.phrase = said;
  }

  Response& response_;
  BodySink& body_;
  std::uint64_t chunk_left_ = 0;
  int version_ = 0;
  bool misread_ = false;
};

// Describes bytes that are not an HTTP/1.x response.
Failure not_http(std::string_view bytes, std::string_view why) {
  const auto byte = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0xff;
  };
  if ((byte(0) == 0x15 || byte(0) == 0x16) && byte(1) == 0x03) {
    return {Reason::bad_http,
            fmt::format("the server speaks TLS here ({}); use https or wss", quoted(bytes, 8))};
  }
  // RFC 9113 section 4.1: a 24-bit length, then the type; a server's first frame is SETTINGS, type
  // 4.
  if (byte(0) == 0 && byte(1) == 0 && byte(3) == 4 && bytes.size() >= 4) {
    return {Reason::alpn_h2,
            fmt::format("the server speaks HTTP/2 ({}), HTTP/1.1 was asked for", quoted(bytes, 9))};
  }
  return {Reason::bad_http, fmt::format("{}, at {}", why, quoted(bytes))};
}

}  // namespace

class ResponseReader::Impl {
 public:
  explicit Impl(const Reading& reading)
      : reading_(reading), body_(response_, reading.body_max, reading.clip_body) {
    parser_.emplace(response_, body_, reading.no_body);
  }

  std::span<char> space();
  void received(std::size_t bytes);
  void ended();
  void broke(Failure failure);
  int status() const;

  Reading reading_;
  Response response_;
  BodySink body_;
  std::optional<Parser> parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
  std::size_t header_bytes_ = 0;
  int interim_ = 0;
  bool lenient_ = false;     // the head is not as RFC 9112 wants it, and waits for its end
  std::size_t scanned_ = 0;  // bytes of pending() in which the head does not end
  bool started_ = false, done_ = false;
  Failure failure_;

  std::string_view pending() const { return {buffer_.get() + begin_, end_ - begin_}; }
  bool header_done() const { return parser_->is_header_done(); }

 private:
  void grow(std::size_t capacity);
  void parse();
  void go_on(Error error);
  void read_leniently(Error error);
  bool tidy_chunk_head();
  void refuse_ambiguity();
  void judge(Error error, std::string_view at);
  void bound();
  void complete();
  void fail(Failure failure) { failure_ = std::move(failure); }
};

void ResponseReader::Impl::grow(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > begin_) std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
}

std::span<char> ResponseReader::Impl::space() {
  const std::size_t held = end_ - begin_;
  if (held == 0) begin_ = end_ = 0;
  const bool filled = end_ == capacity_;
  if (capacity_ == 0) {
    grow(first_space);
  } else if (header_done() && capacity_ < body_space) {
    grow(body_space);
  } else if (filled && begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  } else if (filled) {
    grow(capacity_ * 2);
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void ResponseReader::Impl::received(std::size_t bytes) {
  started_ = true;
  end_ += bytes;
  while (!done_ && failure_.reason == Reason::ok && begin_ < end_) {
    const std::size_t before = begin_;
    parse();
    if (begin_ == before) break;
  }
  if (!done_ && failure_.reason == Reason::ok) bound();
}

void ResponseReader::Impl::parse() {
  const bool in_header = !header_done();
  Error error = http::error::need_more;
  if (lenient_) return read_leniently(error);
  if (parser_->between_chunks() && tidy_chunk_head()) return;
  const std::string_view bytes = pending();
  const std::size_t used = parser_->put({bytes.data(), bytes.size()}, error);
  if (error && (!header_done() || parser_->misread())) return read_leniently(error);
  if (in_header) header_bytes_ += std::min(used, bytes.size());
  begin_ += used;
  scanned_ = 0;
  go_on(error);
}

void ResponseReader::Impl::go_on(Error error) {
  if (body_.failure().reason != Reason::ok) {
    fail(body_.failure());
  } else if (body_.clipped()) {
    done_ = true;
  } else if (error && error != http::error::need_more) {
    judge(error, pending());
  } else if (parser_->is_done()) {
    complete();
  }
}

// Reads a header section that Beast's parser does not accept, or whose end it does not see, as
// browsers do.
void ResponseReader::Impl::read_leniently(Error error) {
  const bool wrong = error != http::error::need_more;
  const std::size_t end = end_of_head(pending(), scanned_);
  scanned_ = pending().size() - std::min<std::size_t>(pending().size(), 2);
  if (wrong && !may_begin_head(pending())) return judge(error, pending());
  if (end == std::string_view::npos) {
    lenient_ |= wrong;
    return;
  }
  const auto head = tidied_head(pending().substr(0, end));
  if (!head) return judge(wrong ? error : http::error::bad_field, pending());
  response_ = Response();
  parser_.emplace(response_, body_, reading_.no_body);
  error = {};
  const std::size_t used = parser_->put({head->data(), head->size()}, error);
  if (!header_done()) return judge(error, std::string_view(*head).substr(used));
  lenient_ = false;
  scanned_ = 0;
  begin_ += end;
  header_bytes_ += end;
  go_on(error);
}

// Reads a chunk header that the parser would not take. True: it is read, or its end did not come
// yet.
bool ResponseReader::Impl::tidy_chunk_head() {
  const auto head = tidied_chunk_head(pending());
  if (!head) return false;
  if (head->bytes == 0) return true;
  Error error;
  parser_->put({head->tidied.data(), head->tidied.size()}, error);
  begin_ += head->bytes;
  go_on(error);
  return true;
}

// Browsers follow none of two different Location headers.
void ResponseReader::Impl::refuse_ambiguity() {
  const std::string* first = response_.header("location");
  if (first == nullptr) return;
  for (const auto& [name, value] : response_.headers)
    if (same_word(name, "location") && value != *first)
      fail({Reason::bad_http,
            fmt::format("two different Location headers, {} and {}, which browsers refuse",
                        quoted(*first, 100), quoted(value, 100))});
}

// The parser reads no status line before the end of the headers.
int ResponseReader::Impl::status() const {
  constexpr std::size_t version = 9;  // "HTTP/1.1 "
  const std::string_view line = pending();
  if (response_.status != 0 || !line.starts_with("HTTP/1.") || line.size() <= version + 3)
    return response_.status;
  const std::string_view code = line.substr(version, 3);
  const char after = line[version + 3];
  int status = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
  const bool whole = error == std::errc() && end == code.data() + code.size() && status >= 200;
  return whole && (after == ' ' || after == '\r' || after == '\n') ? status : 0;
}

void ResponseReader::Impl::judge(Error error, std::string_view at) {
  const bool at_start = !header_done() && response_.status == 0;
  fail(at_start ? not_http(pending(), "not an HTTP/1.x response")
                : Failure{Reason::bad_http, fmt::format("{}, at {}", error.message(), quoted(at))});
}

// Bounds the incomplete header section, chunk header or trailers.
void ResponseReader::Impl::bound() {
  const std::size_t held = end_ - begin_;
  const std::size_t bytes = header_done() ? held : header_bytes_ + held;
  if (bytes < reading_.header_max) return;
  fail({Reason::header_too_big,
        fmt::format("the headers exceed {} bytes (limits.header)", reading_.header_max)});
}

void ResponseReader::Impl::complete() {
  const bool interim = response_.status / 100 == 1 && response_.status != switching_protocols;
  if (!interim) {
    done_ = body_.finish();
    if (!done_) fail(body_.failure());
    refuse_ambiguity();
  } else if (++interim_ > interim_max || header_bytes_ >= reading_.header_max) {
    fail({Reason::bad_http, fmt::format("more than {} interim responses", interim_max)});
    response_ = Response();  // interim responses are not the answer
  } else {
    response_ = Response();
    parser_.emplace(response_, body_, reading_.no_body);
  }
}

void ResponseReader::Impl::ended() {
  if (!started_) {
    fail({Reason::closed_early, "the server ended the connection without a byte of an answer"});
  } else if (!header_done()) {
    fail(response_.status == 0 && !pending().empty() && !pending().starts_with("HTTP/1.")
             ? not_http(pending(), "not an HTTP/1.x response")
             : Failure{Reason::closed_early, "the server ended the connection within the headers"});
  } else {
    Error error;
    parser_->put_eof(error);
    if (error) {
      broke({Reason::closed_early, "the server ended the connection"});
    } else {
      complete();
    }
  }
}

void ResponseReader::Impl::broke(Failure failure) {
  if (header_done() && failure.reason != Reason::cut) {
    failure = {Reason::truncated_body,
               fmt::format("{} after {} bytes of the body", failure.detail, body_.received())};
  }
  fail(std::move(failure));
}

ResponseReader::ResponseReader(const Reading& reading) : impl_(std::make_unique<Impl>(reading)) {}
ResponseReader::~ResponseReader() = default;
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
std::span<char> ResponseReader::space() { return impl_->space(); }
void ResponseReader::received(std::size_t bytes) { impl_->received(bytes); }
void ResponseReader::ended() { impl_->ended(); }
void ResponseReader::broke(Failure failure) { impl_->broke(std::move(failure)); }
bool ResponseReader::started() const { return impl_->started_; }
bool ResponseReader::header_done() const { return impl_->header_done(); }
int ResponseReader::status() const { return impl_->status(); }
bool ResponseReader::done() const { return impl_->done_; }
const Failure& ResponseReader::failure() const { return impl_->failure_; }
Response& ResponseReader::response() { return impl_->response_; }
std::string_view ResponseReader::rest() const { return impl_->pending(); }

}  // namespace sonde::net
