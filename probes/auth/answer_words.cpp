#include "probes/auth/answer_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "probes/auth/answer_members.hpp"
#include "probes/auth/answer_tone.hpp"
#include "probes/auth/token.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::auth {
namespace {

using text::Json;
using WordList = std::span<const std::string_view>;

constexpr std::size_t body_bytes_max = 64 * 1024;  // an answer to a login is short
constexpr std::size_t shown_max = 200;
constexpr int nested_max = 6;

bool is_word_among(std::string_view text, WordList words) {
  return std::ranges::any_of(words, [&](auto word) { return text::same_word(word, text); });
}

// A number, also as a text: 401, "401", "-1".
std::optional<double> number_said(Json value) {
  if (value.number()) return value.number();
  const auto text = value.string();
  if (!text || text->empty() || text->size() > 10) return std::nullopt;
  if (text->starts_with("0x")) {
    std::uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(text->data() + 2, text->data() + text->size(), code, 16);
    return error == std::errc() && end == text->data() + text->size() ? std::optional<double>(code)
                                                                      : std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc() && end == text->data() + text->size() ? std::optional(number)
                                                                    : std::nullopt;
}

bool says_false(Json value) {
  constexpr std::string_view words[] = {"false", "no", "n", "off"};
  return value.boolean() == false || number_said(value) == 0.0 ||
         (value.string() && is_word_among(*value.string(), words));
}

bool says_true(Json value) {
  constexpr std::string_view words[] = {"true", "yes", "y", "on"};
  return value.boolean() == true || number_said(value) == 1.0 ||
         (value.string() && is_word_among(*value.string(), words));
}

bool is_good_number(double number) {
  return number == 0 || (number >= 200 && number < 300) || number == 20000;
}

bool is_error_number(double number) {
  return number < 0 || (number >= 400 && number < 600) || (number >= 40000 && number < 70000) ||
         (number >= 400000 && number < 600000);
}

// "disabled", "optional": words for a thing that is not there.
bool is_absent(std::string_view word) {
  constexpr std::string_view words[] = {"disabled", "off",          "no",   "optional",
                                        "inactive", "not_required", "none", "no error"};
  return is_placeholder(word) || is_word_among(word, words) || tone_of(word) == Tone::good;
}

// More than what services put there in a success: nothing, null, false, 0, "", a word that says so,
// or a list or an object of such things.
bool is_something(Json value, int depth = 0) {
  if (depth > nested_max) return true;
  if (value.kind() == Json::Kind::array) {
    for (std::size_t i = 0; i < value.size(); ++i)
      if (is_something(value.item(i), depth + 1)) return true;
    return false;
  }
  if (value.kind() == Json::Kind::object) {
    for (const auto& [name, member] : value.members())
      if (is_something(member, depth + 1)) return true;
    return false;
  }
  if (const auto number = number_said(value)) return !is_good_number(*number);
  if (value.string()) return says_true(value) || !is_absent(*value.string());
  return value.boolean().value_or(false);
}

// Whether a factor is wanted. An object describes one, and says itself whether.
bool is_wanted(Json factor) {
  constexpr std::string_view flags[] = {"enabled",  "isenabled", "required", "isrequired",
                                        "active",   "needed",    "pending",  "mandatory",
                                        "isactive", "enforced"};
  bool described = false;
  for (const auto& [name, member] : factor.members()) {
    if (!is_word_among(name, flags)) continue;
    described = true;
    if (says_true(member)) return true;
  }
  return !described && is_something(factor);
}

Tone tone_in(Json value) { return value.string() ? tone_of(*value.string()) : Tone::neutral; }

// "failed", "Failed", "FAILED", but not "BadWolf".
bool is_failed_word(std::string_view text) {
  constexpr std::size_t shortest = 4;  // "Bad" and "Ko" are names
  return text.size() >= shortest && text::is_letter(text.front()) && tone_of(text) == Tone::bad &&
         (std::ranges::all_of(text.substr(1), text::is_lower) ||
          std::ranges::all_of(text, text::is_upper));
}

Tone judge_code(Json value) {
  if (value.boolean() == false) return Tone::bad;
  if (const auto number = number_said(value))
    return is_error_number(*number)  ? Tone::bad
           : is_good_number(*number) ? Tone::good
                                     : Tone::neutral;
  return (value.string() && is_pending(*value.string())) ? Tone::bad : tone_in(value);
}

// What a member says of the login.
struct Saying {
  Tone tone = Tone::neutral;
  bool soft = false;      // it may be about something else
  bool unclear = false;   // a fault whose text may mean anything
  bool no_fault = false;  // a code in a fault says that there is none
};

// What a fault says; a list or an object what its parts say. `counts`: numbers in it may be how
// many there have been.
void add_fault(Json value, bool counts, Saying& said, int depth = 0) {
  const auto add_text = [&](std::string_view text) {
    if (says_true(value) || is_pending(text) || tone_of(text) == Tone::bad) said.tone = Tone::bad;
    if (tone_of(text) == Tone::good && text.find(' ') == text.npos) said.no_fault = true;
    said.unclear |= !is_absent(text);
  };
  if (depth > nested_max) {
    said.unclear = true;
  } else if (value.kind() == Json::Kind::array) {
    for (std::size_t i = 0; i < value.size(); ++i) add_fault(value.item(i), false, said, depth + 1);
  } else if (value.kind() == Json::Kind::object) {
    for (const auto& [name, member] : value.members()) {
      const std::string small = text::lowered(name);
      if (counts && member.number() && *member.number() >= 0) continue;
      if (small.ends_with("id") && member.string())  // of the request
        said.unclear |= !is_absent(*member.string());
      else
        add_fault(member, counts, said, depth + 1);
    }
  } else if (const auto number = number_said(value)) {
    if (is_good_number(*number))
      said.no_fault = true;
    else if (!counts || *number <= 1 || !value.number())
      said.tone = Tone::bad;
  } else if (value.string()) {
    add_text(*value.string());
  } else if (value.boolean().value_or(false)) {
    said.tone = Tone::bad;
  }
}

Saying judge_state(Json value) {
  if (const auto number = number_said(value))
    return {.tone = *number < 0 ? Tone::bad : Tone::neutral};
  if (!value.string()) return {.tone = Tone::neutral};
  const bool pending = is_pending(*value.string());
  return {.tone = pending ? Tone::bad : tone_in(value), .soft = is_of_account(*value.string())};
}

Saying judge_member(About about, Json value) {
  const auto bad_if = [](bool bad) { return Saying{.tone = bad ? Tone::bad : Tone::neutral}; };
  Saying said;
  switch (about) {
    case About::outcome:
      if (says_false(value)) return {.tone = Tone::bad};
      return {.tone = says_true(value) ? Tone::good : tone_in(value)};
    case About::entry:  // a name may have such a word in it
      return bad_if(says_false(value) || (value.string() && is_failed_word(*value.string())));
    case About::fault:
    case About::faults:
      add_fault(value, about == About::faults, said);
      return said;
    case About::code:
      return {.tone = judge_code(value)};
    case About::status:
      if (number_said(value))
        return {.tone = number_said(value) == 0.0 ? Tone::neutral : judge_code(value)};
      return value.string() ? judge_state(value) : Saying{.tone = judge_code(value)};
    case About::state:
      return judge_state(value);
    case About::type:  // may name the method of the login: "totp"
      return {.tone = tone_in(value)};
    case About::closed:
      return bad_if(says_true(value));
    case About::factor:
      return bad_if(is_wanted(value));
    case About::message:
      return {.tone = tone_in(value)};
  }
  return said;
}

// What the members of an answer say.
struct Evidence {
  std::string hard, soft, unclear;  // the first member that speaks against the login
  bool affirmed = false;            // an outcome, a code or a state says that it succeeded
  bool no_fault = false;            // or a code in a fault
};

std::string shown_member(std::string_view name, Json value) {
  std::string what = '"' + std::string(name.substr(0, shown_max)) + '"';
  const bool single = value.string() || value.number() || value.boolean();
  return what + (single ? " is " + text::shorten(value.text(), shown_max) : " is not empty");
}

enum class Look : std::uint8_t {
  whole,
  without_factor,  // further requests follow
  outcome_alone    // things of the user may stand here that have states of their own
};

// Secrets of the answer, which are random texts.
using NotJudged = std::vector<std::string>;

bool is_judged(Json value, const NotJudged& secrets) {
  return (!value.string() && !value.number()) ||
         std::ranges::find(secrets, value.text()) == secrets.end();
}

void look_at(Json object, Look look, const NotJudged& secrets, Evidence& found) {
  constexpr std::string_view outcomes[] = {"success", "ok", "issuccess", "is_success"};
  for (const auto& [name, value] : object.members()) {
    const auto member = member_named(name);
    if (!member || (look == Look::outcome_alone && !is_word_among(name, outcomes))) continue;
    if (!is_judged(value, secrets)) continue;
    if (look == Look::without_factor &&
        (member->about == About::factor || (value.string() && is_pending(*value.string()))))
      continue;
    const Saying said = judge_member(member->about, value);
    const bool soft = member->soft || said.soft, bad = said.tone == Tone::bad;
    found.affirmed |= said.tone == Tone::good && !soft;
    found.no_fault |= said.no_fault;
    std::string& kept = !bad ? found.unclear : soft ? found.soft : found.hard;
    if ((bad || said.unclear) && kept.empty()) kept = shown_member(name, value);
  }
}

// `root`: the answer, or the first of a list, which `document` is.
void look_into(Json document, Json root, const Issued& issued, Evidence& found) {
  const Look look = issued.goes_on ? Look::without_factor : Look::whole;
  NotJudged secrets(issued.captured.begin(), issued.captured.end());
  if (issued.place != nullptr) secrets.push_back(issued.place->at(document).text());
  look_at(root, look, secrets, found);
  if (issued.place != nullptr) {
    const std::string& path = issued.place->text();
    for (std::size_t at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1))
      if (const auto above = text::Pointer::parse(path.substr(0, at)))
        look_at(above->at(document), look, secrets, found);
  }
  const Look inside = issued.place != nullptr ? Look::outcome_alone : look;
  for (const char* name : {"data", "result", "response", "payload", "meta", "session"})
    look_at(root.member(name), inside, secrets, found);
  look_at(root.member("ocs").member("meta"), inside, secrets, found);
}

// The name of the first element of a text in XML; empty: it is none.
std::string_view root_element(std::string_view text) {
  while (true) {
    const std::size_t open = text.find_first_not_of(" \t\r\n");
    if (open == text.npos || text[open] != '<') return {};
    text.remove_prefix(open + 1);
    const bool declares = text.starts_with('?') || text.starts_with('!');
    if (!declares) return text.substr(0, std::min(text.find_first_of(" \t\r\n/>"), text.size()));
    text.remove_prefix(std::min(text.find('>'), text.size() - 1) + 1);
  }
}

// A body that is one text, one truth value, or an error in XML.
std::string look_at_text(Json root, const net::Response& response) {
  if (root.boolean() == false) return "it is false";
  const std::string_view text = root ? root.string().value_or("") : response.body;
  const std::string_view element = root ? "" : root_element(text);
  if (tone_of(element) == Tone::bad)
    return "it is an element <" + text::shorten(element, shown_max) + '>';
  const bool is_sentence = text.find_first_of("<>{}[]=") == text.npos;  // and no markup, no form
  if (!is_sentence || tone_of(text) != Tone::bad) return "";
  return "it is \"" + text::shorten(text, shown_max) + '"';
}

}  // namespace

std::string says_no(const net::Response& response, const Issued& issued) {
  if (response.body.size() > body_bytes_max || net::is_page(response)) return "";
  const auto document = text::Document::parse_body(response.body);
  Json root = document ? document->root() : Json();
  if (root.kind() == Json::Kind::array) root = root.item(0);
  if (root.kind() != Json::Kind::object) return issued.token ? "" : look_at_text(root, response);
  Evidence found;
  look_into(document->root(), root, issued, found);
  if (!found.hard.empty()) return found.hard;
  const bool outweighed = issued.token && (found.affirmed || found.no_fault);
  if (!found.unclear.empty() && !outweighed) return found.unclear;
  return issued.token || found.affirmed ? "" : found.soft;
}

}  // namespace sonde::auth
