#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::text {

// Where a text stops being valid JSON, with its surroundings: "byte 27, in `"ok","load":NaN}`", or
// "the end, behind `"cache"`". Only for texts without secrets. Pure.
std::string json_place(std::string_view text);

// A handle to a JSON value in a Document: cheap to copy, valid as long as the document. A handle to
// a missing value is false, and all its functions return an empty result.
class Json {
 public:
  enum class Kind { nothing, null, boolean, number, string, array, object };

  Json() = default;
  explicit Json(const void* node) : node_(node) {}
  explicit operator bool() const { return node_ != nullptr; }

  Kind kind() const;
  std::optional<std::string_view> string() const;
  std::string string_or_empty() const { return std::string(string().value_or("")); }
  std::optional<double> number() const;
  std::optional<bool> boolean() const;
  std::size_t size() const;            // of an array or object
  Json item(std::size_t index) const;  // of an array
  Json member(std::string_view name) const;
  std::vector<std::pair<std::string_view, Json>> members() const;
  // A string unchanged, anything else as JSON: for display, and what `equals` compares.
  std::string text() const;

 private:
  friend class Document;
  const void* node_ = nullptr;
};

// A parsed JSON text (RFC 8259); the only owner of Boost.JSON. Depth is at most 64.
class Document {
 public:
  // Half of an escaped surrogate pair becomes U+FFFD (section 8.2), as JSON.parse of a browser
  // shows it.
  static std::expected<Document, std::string> parse(std::string_view text);
  // The body of an HTTP message, as a browser's Response.json() reads it whatever its charset:
  // without a byte order mark, with U+FFFD for what is not UTF-8.
  static std::expected<Document, std::string> parse_body(std::string_view body);
  // Makes an object of texts; of two with the same name the first is kept.
  using Texts = std::span<const std::pair<std::string_view, std::string_view>>;
  static Document of(Texts texts);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  Json root() const;

  // Replaces a text in the document by the JSON that it contains; the error says why it is not
  // JSON. Handles to values below the text become invalid.
  std::expected<void, std::string> unfold(Json text);
  void replace(Json text, std::string_view by);
  // Copies a text into the document; the copy lives as long as the document.
  std::string_view keep(std::string_view text);

 private:
  struct Body;
  explicit Document(std::unique_ptr<Body> body);
  static std::expected<Document, std::string> parse_marked(std::string_view text);
  std::unique_ptr<Body> body_;
};

// `text` as the inside of a JSON string, without quotes. Characters that deceive() a reader are
// escaped, so the JSON can be shown anywhere.
std::string json_escape(std::string_view text);
// The same with quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace sonde::text
