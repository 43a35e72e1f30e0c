#include "probes/text/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

#include "probes/text/ascii.hpp"
#include "probes/text/html.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t prescan_bytes = 1024;
constexpr std::string_view utf8_name = "UTF-8";

// An encoding of the web: its name, what iconv calls it, and its usual labels.
struct Encoding {
  std::string_view name, iconv, labels;
};
constexpr Encoding encodings[] = {
    {"UTF-8", "UTF-8", " utf-8 utf8 unicode-1-1-utf-8 "},
    {"windows-1252", "CP1252",
     " windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 l1 ascii us-ascii "
     "ansi_x3.4-1968 cp819 ibm819 "},
    {"ISO-8859-2", "ISO-8859-2", " iso-8859-2 iso8859-2 iso_8859-2 latin2 l2 "},
    {"ISO-8859-3", "ISO-8859-3", " iso-8859-3 iso8859-3 latin3 "},
    {"ISO-8859-4", "ISO-8859-4", " iso-8859-4 iso8859-4 latin4 "},
    {"ISO-8859-5", "ISO-8859-5", " iso-8859-5 iso8859-5 cyrillic "},
    {"ISO-8859-6", "ISO-8859-6", " iso-8859-6 iso8859-6 arabic "},
    {"ISO-8859-7", "ISO-8859-7", " iso-8859-7 iso8859-7 greek "},
    {"ISO-8859-8", "ISO-8859-8", " iso-8859-8 iso8859-8 hebrew "},
    {"ISO-8859-10", "ISO-8859-10", " iso-8859-10 latin6 "},
    {"ISO-8859-13", "ISO-8859-13", " iso-8859-13 "},
    {"ISO-8859-14", "ISO-8859-14", " iso-8859-14 "},
    {"ISO-8859-15", "ISO-8859-15", " iso-8859-15 iso8859-15 latin9 l9 "},
    {"ISO-8859-16", "ISO-8859-16", " iso-8859-16 "},
    {"windows-874", "CP874", " windows-874 tis-620 iso-8859-11 "},
    {"windows-1250", "CP1250", " windows-1250 cp1250 x-cp1250 "},
    {"windows-1251", "CP1251", " windows-1251 cp1251 x-cp1251 "},
    {"windows-1253", "CP1253", " windows-1253 cp1253 x-cp1253 "},
    {"windows-1254", "CP1254", " windows-1254 cp1254 x-cp1254 iso-8859-9 latin5 l5 "},
    {"windows-1255", "CP1255", " windows-1255 cp1255 x-cp1255 "},
    {"windows-1256", "CP1256", " windows-1256 cp1256 x-cp1256 "},
    {"windows-1257", "CP1257", " windows-1257 cp1257 x-cp1257 "},
    {"windows-1258", "CP1258", " windows-1258 cp1258 x-cp1258 "},
    {"KOI8-R", "KOI8-R", " koi8-r koi8 koi koi8_r "},
    {"KOI8-U", "KOI8-U", " koi8-u koi8-ru "},
    {"GBK", "GBK", " gbk gb2312 gb_2312 chinese x-gbk "},
    {"gb18030", "GB18030", " gb18030 "},
    {"Big5", "BIG5-HKSCS", " big5 big5-hkscs x-x-big5 cn-big5 "},
    {"EUC-JP", "EUC-JP", " euc-jp x-euc-jp "},
    {"Shift_JIS", "CP932", " shift_jis shift-jis sjis x-sjis windows-31j ms_kanji ms932 "},
    {"ISO-2022-JP", "ISO-2022-JP", " iso-2022-jp csiso2022jp "},
    {"EUC-KR", "CP949", " euc-kr ks_c_5601-1987 korean windows-949 ksc5601 "},
    {"UTF-16LE", "UTF-16LE", " utf-16le utf-16 unicode ucs-2 iso-10646-ucs-2 "},
    {"UTF-16BE", "UTF-16BE", " utf-16be "},
};

const Encoding* find_encoding(std::string_view name) {
  const auto found = std::ranges::find(encodings, name, &Encoding::name);
  return found == std::end(encodings) ? nullptr : found;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\f");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n\f") - first + 1);
}

class Converter {
 public:
  Converter(std::string_view to, std::string_view from)
      : number_(::iconv_open(std::string(to).c_str(), std::string(from).c_str())) {}
  ~Converter() {
    if (is_open()) ::iconv_close(number_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool is_open() const { return reinterpret_cast<std::intptr_t>(number_) != -1; }

  // Converts from the start of `in` as far as possible, and removes that from it.
  void convert(std::string_view& in, std::string& out) {
    while (!in.empty()) {
      char* from = const_cast<char*>(in.data());  // iconv does not write to it
      std::size_t left = in.size(), room = piece_.size();
      char* to = piece_.data();
      const std::size_t done = ::iconv(number_, &from, &left, &to, &room);
      const int why = errno;
      out.append(piece_.data(), piece_.size() - room);
      in.remove_prefix(in.size() - left);
      if (done == static_cast<std::size_t>(-1) && why != E2BIG) return;
    }
  }
  // Returns to the initial shift state (ISO-2022-JP).
  void finish(std::string& out) {
    char piece[16];
    char* to = piece;
    std::size_t room = sizeof piece;
    ::iconv(number_, nullptr, nullptr, &to, &room);
    out.append(piece, sizeof piece - room);
  }

 private:
  iconv_t number_;
  std::array<char, 4096> piece_;  // not initialized, because it is used for every invalid byte
};

std::size_t length_of_utf8(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && length < 4 &&
         (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    ++length;
  return length;
}

std::string reference_of(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  constexpr unsigned masks[] = {0x7f, 0x1f, 0x0f, 0x07};
  unsigned point = lead & masks[character.size() - 1];
  for (const char c : character.substr(1)) point = point << 6 | (static_cast<unsigned>(c) & 0x3f);
  return "&#" + std::to_string(point) + ";";
}

}  // namespace

std::string charset_in(std::string_view content_type) {
  const std::string small = lowered(content_type);
  std::size_t at = small.find("charset");
  if (at == small.npos) return "";
  at = small.find_first_not_of(" \t", at + 7);
  if (at == small.npos || small[at] != '=') return "";
  std::string_view value = without_blanks(std::string_view(small).substr(at + 1));
  if (value.starts_with('"') || value.starts_with('\'')) {
    const std::size_t end = value.find(value[0], 1);
    return end == value.npos ? "" : std::string(value.substr(1, end - 1));
  }
  return std::string(without_blanks(value.substr(0, value.find_first_of("; ,"))));
}

std::string_view encoding_of(std::string_view label) {
  const std::string_view bare = without_blanks(label);
  if (bare.empty() || bare.size() > 40 || bare.contains(' ')) return {};
  const std::string wanted = " " + lowered(bare) + " ";
  const auto found = std::ranges::find_if(
      encodings, [&](const Encoding& one) { return one.labels.contains(wanted); });
  return found == std::end(encodings) ? std::string_view() : found->name;
}

std::string_view encoding_of_page(std::string_view content_type, std::string_view page) {
  if (page.starts_with("\xef\xbb\xbf")) return utf8_name;
  if (page.starts_with("\xff\xfe")) return "UTF-16LE";
  if (page.starts_with("\xfe\xff")) return "UTF-16BE";
  if (const auto named = encoding_of(charset_in(content_type)); !named.empty()) return named;
  const auto own = encoding_of(parse_html(page.substr(0, prescan_bytes)).charset);
  // A page whose <meta> can be read is not in UTF-16.
  return own.empty() || own.starts_with("UTF-16") ? utf8_name : own;
}

std::string decoded(std::string_view bytes, std::string_view encoding) {
  const Encoding* known = find_encoding(encoding);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (known == nullptr || known->name == utf8_name) return std::string(bytes);
  Converter converter("UTF-8", known->iconv);
  if (!converter.is_open()) return std::string(bytes);
  if (encoding.starts_with("UTF-16") &&
      (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")))
    bytes.remove_prefix(2);
  std::string out;
  while (!bytes.empty()) {
    converter.convert(bytes, out);
    if (bytes.empty()) break;
    out += "\xef\xbf\xbd";
    bytes.remove_prefix(1);
  }
  return out;
}

std::string encoded_for_form(std::string_view utf8, std::string_view encoding) {
  const Encoding* known = find_encoding(encoding);
  if (known == nullptr || known->name == utf8_name || known->name.starts_with("UTF-16"))
    return std::string(utf8);
  Converter converter(known->iconv, "UTF-8");
  if (!converter.is_open()) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    converter.convert(utf8, out);
    if (utf8.empty()) break;
    const std::size_t length = length_of_utf8(utf8);
    converter.finish(out);
    out += reference_of(utf8.substr(0, length));
    utf8.remove_prefix(length);
  }
  converter.finish(out);
  return out;
}

}  // namespace sonde::text
