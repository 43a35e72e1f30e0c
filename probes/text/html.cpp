#include "probes/text/html.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "probes/text/ascii.hpp"
#include "probes/text/charset.hpp"
#include "probes/text/html_controls.hpp"
#include "probes/text/html_tokens.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t text_max = 1024 * 1024;
constexpr std::size_t forms_max = 32;
constexpr std::size_t metas_max = 256;
constexpr std::size_t scripts_max = 256;

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string text_of(const HtmlTokens& tag, std::string_view attribute) {
  return tag.attribute(attribute).value_or("");
}

bool is_script(const HtmlTokens& link) {
  const std::string rel = lowered(text_of(link, "rel"));
  return rel == "modulepreload" || (rel == "preload" && lowered(text_of(link, "as")) == "script");
}

// Takes one token after the other; knows no tree, so that memory is bounded by what is kept.
class Reader {
 public:
  void begin(const HtmlTokens& tag);
  void end(const HtmlTokens& tag);
  void characters(const HtmlTokens& text) {
    if (templates_ == 0) controls_.characters(text);
  }
  bool stopped() const { return html_.truncated; }
  // At the end of the page, where what is open ends.
  Html take() {
    if (!controls_.give_to(html_.forms)) stop();
    return std::move(html_);
  }

 private:
  void stop() { html_.truncated = true; }
  void begin_form(const HtmlTokens& tag);
  void add_script(std::string source);
  void add_meta(const HtmlTokens& tag);

  Html html_;
  HtmlControls controls_;
  std::unordered_set<std::string> scripts_;
  std::optional<std::size_t> form_;  // the one that is open
  int templates_ = 0;                // what stands in one is no part of the page
};

// HTML knows no form in a form: the inner tag is as if it were not there.
void Reader::begin_form(const HtmlTokens& tag) {
  if (form_) return;
  if (html_.forms.size() == forms_max) return stop();
  const std::string method = lowered(text_of(tag, "method"));
  form_ = html_.forms.size();
  html_.forms.push_back({.id = text_of(tag, "id"),
                         .action = trimmed(text_of(tag, "action")),
                         .method = method == "post" || method == "dialog" ? method : "get",
                         .enctype = lowered(text_of(tag, "enctype")),
                         .accept_charset = text_of(tag, "accept-charset")});
}

void Reader::add_script(std::string source) {
  source = trimmed(source);
  if (source.empty() || scripts_.contains(source)) return;
  if (html_.scripts.size() == scripts_max) return stop();
  scripts_.insert(source);
  html_.scripts.push_back(std::move(source));
}

void Reader::add_meta(const HtmlTokens& tag) {
  if (html_.metas.size() < metas_max && tag.attribute("name"))
    html_.metas.emplace_back(text_of(tag, "name"), text_of(tag, "content"));
  if (html_.refresh.empty() && lowered(text_of(tag, "http-equiv")) == "refresh")
    html_.refresh = refresh_address(text_of(tag, "content"));
  if (!html_.charset.empty()) return;
  html_.charset = trimmed(text_of(tag, "charset"));
  if (html_.charset.empty() && lowered(text_of(tag, "http-equiv")) == "content-type")
    html_.charset = charset_in(text_of(tag, "content"));
}

void Reader::begin(const HtmlTokens& tag) {
  const std::string& name = tag.name();
  if (name.size() < 4) return;  // none of these; most tags are as short
  if (name == "template") ++templates_;
  if (templates_ > 0) return;
  if (name == "form") return begin_form(tag);
  if (name == "script") return add_script(text_of(tag, "src"));
  if (name == "link" && is_script(tag)) return add_script(text_of(tag, "href"));
  if (name == "base" && html_.base.empty()) html_.base = trimmed(text_of(tag, "href"));
  if (name == "meta") return add_meta(tag);
  controls_.begin(tag, form_);
  if (controls_.full()) stop();
}

void Reader::end(const HtmlTokens& tag) {
  if (tag.name() == "template" && templates_ > 0) --templates_;
  if (templates_ > 0) return;
  if (tag.name() == "form") form_.reset();
  controls_.end(tag.name());
}

}  // namespace

const FormField* Form::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &FormField::name);
  return found == fields.end() ? nullptr : &*found;
}

bool Form::has_type(std::string_view type) const {
  return std::ranges::any_of(
      fields, [&](const FormField& field) { return field.type == type && !field.disabled; });
}

Html parse_html(std::string_view text) {
  HtmlTokens tokens(text.substr(0, text_max));
  Reader reader;
  for (auto kind = tokens.next(); kind != HtmlTokens::Kind::end && !reader.stopped();
       kind = tokens.next()) {
    if (kind == HtmlTokens::Kind::start_tag) reader.begin(tokens);
    if (kind == HtmlTokens::Kind::end_tag) reader.end(tokens);
    if (kind == HtmlTokens::Kind::text) reader.characters(tokens);
  }
  Html html = reader.take();
  html.truncated = html.truncated || tokens.truncated() || text.size() > text_max;
  return html;
}

namespace {

// Whether a delay of a refresh, "5" or "0.5", is longer than 30 s.
bool waits_long(std::string_view delay) {
  constexpr int seconds_max = 30;
  int seconds = 0;
  for (const char c : delay.substr(0, delay.find('.')))
    seconds = std::min(seconds * 10 + (c - '0'), seconds_max + 1);
  return seconds > seconds_max;
}

}  // namespace

std::string refresh_address(std::string_view content) {
  const auto skip = [&content](std::string_view characters) {
    content.remove_prefix(std::min(content.find_first_not_of(characters), content.size()));
  };
  constexpr std::string_view blanks = " \t\r\n\f";
  skip(blanks);
  const std::string_view delay = content.substr(0, content.find_first_not_of("0123456789."));
  if (delay.empty() || waits_long(delay)) return "";
  content.remove_prefix(delay.size());
  skip(" \t\r\n\f;,");
  if (lowered(content.substr(0, 3)) == "url") {
    std::string_view rest = content.substr(3);
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    if (rest.starts_with('=')) {
      content = rest.substr(1);
      skip(blanks);
    }
  }
  if (content.empty() || (content.front() != '"' && content.front() != '\''))
    return trimmed(content);
  const char quote = content.front();
  content.remove_prefix(1);
  return trimmed(content.substr(0, content.find(quote)));
}

}  // namespace sonde::text
