#include "probes/text/unescape.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "probes/text/ascii.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::text {
namespace {

// A character that is written as `size` bytes.
struct Escape {
  std::uint32_t code = 0;
  std::size_t size = 0;
  bool is_byte = false;  // not a character: one byte of a text
};

// The number that all of `digits` say; nothing: they are no digits, or too many.
std::optional<std::uint32_t> number(std::string_view digits, int base) {
  std::uint32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> hex_after(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  return number(text.substr(at, digits), 16);
}

// Of "\ud83d\ude00", or "%ud83d%ude00", the character that both halves make.
std::optional<Escape> by_unicode(std::string_view text) {
  const auto code = hex_after(text, 2, 4);
  if (!code) return std::nullopt;
  if (*code < 0xd800 || *code > 0xdbff || text.substr(6, 2) != text.substr(0, 2))
    return Escape{*code, 6};
  const auto low = hex_after(text, 8, 4);
  if (!low || *low < 0xdc00 || *low > 0xdfff) return Escape{*code, 6};
  return Escape{0x10000 + ((*code - 0xd800) << 10U) + (*low - 0xdc00), 12};
}

// "\u{1f44b}", as JavaScript, PHP and Rust have it.
std::optional<Escape> by_braces(std::string_view text) {
  constexpr std::size_t digits_max = 6, before = 3;
  const std::size_t end = text.substr(0, before + digits_max + 1).find('}');
  const auto code = end == text.npos ? std::nullopt : number(text.substr(before, end - before), 16);
  return code ? std::optional(Escape{*code, end + 1}) : std::nullopt;
}

std::optional<Escape> by_backslash(std::string_view text) {
  constexpr std::string_view letters = "\"\\/'bfnrt`", meant = "\"\\/'\b\f\n\r\t`";
  if (text.size() < 2) return std::nullopt;
  if (text[1] == 'u') return text.substr(2).starts_with('{') ? by_braces(text) : by_unicode(text);
  if (text[1] == 'x') {
    const auto code = hex_after(text, 2, 2);
    return code ? std::optional(Escape{*code, 4, true}) : std::nullopt;
  }
  if (text[1] == 'U') {
    const auto code = hex_after(text, 2, 8);
    return code ? std::optional(Escape{*code, 10}) : std::nullopt;
  }
  if (text[1] >= '0' && text[1] <= '3') {
    const auto code = text.size() < 4 ? std::nullopt : number(text.substr(1, 3), 8);
    return code ? std::optional(Escape{*code, 4, true}) : std::nullopt;
  }
  const std::size_t which = letters.find(text[1]);
  if (which == letters.npos) return std::nullopt;
  return Escape{static_cast<unsigned char>(meant[which]), 2};
}

// The characters from 160 to 255 by their names (HTML 4.01, 24.2.1), each between two blanks.
std::optional<std::uint32_t> latin_code(std::string_view name) {
  constexpr std::string_view names =
      " nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg "
      "plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest "
      "Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute "
      "Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml "
      "Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc "
      "euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash "
      "ugrave uacute ucirc uuml yacute thorn yuml ";
  constexpr std::uint32_t first = 160;
  const std::size_t at = names.find(" " + std::string(name) + " ");
  if (name.empty() || at == names.npos) return std::nullopt;
  return first + static_cast<std::uint32_t>(std::ranges::count(names.substr(0, at), ' '));
}

std::optional<std::uint32_t> entity_code(std::string_view name) {
  using Entity = std::pair<std::string_view, char>;
  constexpr Entity table[] = {
      {"AMP", '&'},    {"LT", '<'},     {"GT", '>'},      {"QUOT", '"'},   {"amp", '&'},
      {"lt", '<'},     {"gt", '>'},     {"quot", '"'},    {"apos", '\''},  {"sol", '/'},
      {"bsol", '\\'},  {"equals", '='}, {"plus", '+'},    {"colon", ':'},  {"semi", ';'},
      {"comma", ','},  {"period", '.'}, {"lowbar", '_'},  {"num", '#'},    {"percnt", '%'},
      {"dollar", '$'}, {"commat", '@'}, {"excl", '!'},    {"quest", '?'},  {"ast", '*'},
      {"lpar", '('},   {"rpar", ')'},   {"lsqb", '['},    {"lbrack", '['}, {"rsqb", ']'},
      {"rbrack", ']'}, {"lcub", '{'},   {"lbrace", '{'},  {"rcub", '}'},   {"rbrace", '}'},
      {"vert", '|'},   {"verbar", '|'}, {"grave", '`'},   {"Hat", '^'},    {"hyphen", '-'},
      {"dash", '-'},   {"Tab", '\t'},   {"NewLine", '\n'}};
  if (name.starts_with("#x") || name.starts_with("#X")) return number(name.substr(2), 16);
  if (name.starts_with('#')) return number(name.substr(1), 10);
  const auto* found = std::ranges::find(table, name, &Entity::first);
  if (found == std::end(table)) return latin_code(name);
  return static_cast<unsigned char>(found->second);
}

// One whose ";" may be missing, as browsers have it: the oldest ones, whatever follows them.
std::optional<Escape> by_old_entity(std::string_view name) {
  constexpr std::string_view oldest[] = {"amp", "lt", "gt", "quot"};
  constexpr std::size_t longest = 6;
  for (std::size_t size = std::min(name.size(), longest); size >= 2; --size) {
    const std::string_view start = name.substr(0, size);
    const bool old = std::ranges::find(oldest, start) != std::end(oldest);
    if (const auto code = old ? entity_code(start) : latin_code(start))
      return Escape{*code, 1 + size};
  }
  return std::nullopt;
}

std::optional<Escape> by_one_entity(std::string_view text) {
  constexpr std::size_t longest = 12;
  const auto is_part = [](char c) { return c == '#' || is_alphanumeric(c); };
  std::size_t end = 1;
  while (end < text.size() && end < longest && is_part(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  const auto code = entity_code(name);
  const bool closed = end < text.size() && text[end] == ';';
  if (code && (closed || text[1] == '#')) return Escape{*code, end + (closed ? 1 : 0)};
  return by_old_entity(name);
}

// Of "&#55357;&#56842;" the character that both halves make.
std::optional<Escape> by_entity(std::string_view text) {
  const auto high = by_one_entity(text);
  if (!high || high->code < 0xd800 || high->code > 0xdbff) return high;
  const std::string_view rest = text.substr(high->size);
  const auto low = rest.starts_with('&') ? by_one_entity(rest) : std::nullopt;
  if (!low || low->code < 0xdc00 || low->code > 0xdfff) return high;
  return Escape{0x10000 + ((high->code - 0xd800) << 10U) + (low->code - 0xdc00),
                high->size + low->size};
}

std::optional<Escape> by_percent(std::string_view text) {
  if (text.substr(1).starts_with('u')) return by_unicode(text);
  const auto code = hex_after(text, 1, 2);
  return code ? std::optional(Escape{*code, 3, true}) : std::nullopt;
}

// The escape that `text` begins with.
std::optional<Escape> escape_at(std::string_view text) {
  if (text[0] == '\\') return by_backslash(text);
  if (text[0] == '%') return by_percent(text);
  if (text[0] == '&') return by_entity(text);
  return std::nullopt;
}

std::string bytes_of(const Escape& escape) {
  return escape.is_byte ? std::string(1, static_cast<char>(escape.code)) : utf8_of(escape.code);
}

bool is_hex_pair(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && is_hex_digit(text[at]) && is_hex_digit(text[at + 1]);
}

// "de:ad", "de ad", "de-ad", "de,ad"; "=de=ad" of quoted-printable; "\de\ad" of CSS.
bool is_separator(char c) { return std::string_view(": -,=\\").contains(c); }

// How many bytes a dump has that begins at `at`, with `separator` between each two.
std::size_t dumped(std::string_view text, std::size_t at, char separator) {
  std::size_t count = 0;
  while (is_hex_pair(text, at + 3 * count)) {
    ++count;
    const std::size_t next = at + 3 * count - 1;
    if (next >= text.size() || text[next] != separator) break;
  }
  return count;
}

// A dump: its first digit, and how many bytes it has.
struct Dump {
  std::size_t begin = 0, count = 0;
};

// The dump around a separator at `at`, which begins at `first` or later.
Dump dump_around(std::string_view text, std::size_t at, std::size_t first) {
  if (!is_separator(text[at]) || at < first + 2 || !is_hex_pair(text, at - 2)) return {};
  Dump dump{.begin = at - 2};
  while (dump.begin >= first + 3 && text[dump.begin - 1] == text[at] &&
         is_hex_pair(text, dump.begin - 3))
    dump.begin -= 3;
  dump.count = dumped(text, dump.begin, text[at]);
  return dump;
}

}  // namespace

// A dump of four bytes has a separator in any three places that follow one another.
std::optional<Unescaped> join_hex(std::string_view text) {
  constexpr std::size_t bytes_min = 4, step = 8, places = 3;
  std::optional<Unescaped> out;
  std::size_t first = 0;
  for (std::size_t at = 0; at < text.size(); at += step) {
    Dump dump;
    for (std::size_t i = at; i < std::min(at + places, text.size()) && dump.count < bytes_min; ++i)
      dump = dump_around(text, i, first);
    if (dump.count < bytes_min) continue;
    if (!out) out.emplace();
    for (std::size_t i = dump.begin; i < dump.begin + 3 * dump.count - 1; ++i) {
      if ((i - dump.begin) % 3 == 2) continue;
      out->bytes += text[i];
      out->begins.push_back(static_cast<std::uint32_t>(i));
    }
    first = dump.begin + 3 * dump.count - 1;
    out->bytes += '.';
    out->begins.push_back(static_cast<std::uint32_t>(first));
    at = first - std::min(first, step);
  }
  if (out) out->begins.push_back(static_cast<std::uint32_t>(text.size()));
  return out;
}

std::size_t Unescaped::end_of(std::size_t at) const {
  std::size_t next = at + 1;
  while (next + 1 < begins.size() && begins[next] == begins[at]) ++next;
  return begins[next];
}

std::optional<Unescaped> unescape(std::string_view text, std::string_view marks) {
  const auto stands = [&](char mark) { return text.contains(mark); };
  if (std::ranges::none_of(marks, stands)) return std::nullopt;
  std::size_t at = 0;
  std::optional<Unescaped> out;
  const auto copy_until = [&](std::size_t end) {
    if (!out) return;
    out->bytes += text.substr(at, end - at);
    for (std::size_t i = at; i < end; ++i) out->begins.push_back(static_cast<std::uint32_t>(i));
  };
  for (auto mark = text.find_first_of(marks); mark != text.npos;
       mark = text.find_first_of(marks, mark)) {
    const auto escape = escape_at(text.substr(mark));
    const std::string bytes = escape ? bytes_of(*escape) : "";
    if (bytes.empty()) {  // none, or no character
      ++mark;
      continue;
    }
    if (!out) {
      out.emplace();
      out->bytes.reserve(text.size());
      out->begins.reserve(text.size() + 1);
    }
    copy_until(mark);
    out->bytes += bytes;
    out->begins.insert(out->begins.end(), bytes.size(), static_cast<std::uint32_t>(mark));
    mark += escape->size;
    at = mark;
  }
  copy_until(text.size());
  if (out) out->begins.push_back(static_cast<std::uint32_t>(text.size()));
  return out;
}

}  // namespace sonde::text
