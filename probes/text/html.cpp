#include "probes/text/html.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_set>

#include "probes/text/ascii.hpp"
#include "probes/text/html_tokens.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t text_max = 1024 * 1024;
constexpr std::size_t field_value_max = 64 * 1024;
constexpr std::size_t forms_max = 32;
constexpr std::size_t fields_max = 256;
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
  Reader() {
    html_.forms.reserve(forms_max);  // what is open points into it
  }

  void begin(const HtmlTokens& tag);
  void end(std::string_view tag);
  void characters(const HtmlTokens& text);
  bool stopped() const { return html_.truncated; }
  // At the end of the page, where what is open ends.
  Html take() {
    end_control();
    return std::move(html_);
  }

 private:
  void stop() { html_.truncated = true; }
  void begin_form(const HtmlTokens& tag);
  void add_script(std::string source);
  void add_field(FormField field, const HtmlTokens& tag);
  void begin_select(const HtmlTokens& tag);
  void begin_option(const HtmlTokens& tag);
  void end_option();
  void end_control();
  Form* owner(const HtmlTokens& tag);

  Html html_;
  std::unordered_set<std::string> scripts_;
  std::optional<std::size_t> form_;   // the one that is open
  std::optional<FormField> control_;  // the select or textarea that is open
  Form* control_owner_ = nullptr;
  bool in_option_ = false, option_counts_ = false, option_has_value_ = false, chosen_ = false;
  std::string words_;  // of the textarea or option that is open
};

// An `input form="id"` belongs to that form wherever it stands.
Form* Reader::owner(const HtmlTokens& tag) {
  if (const auto id = tag.attribute("form")) {
    const auto named = std::ranges::find(html_.forms, *id, &Form::id);
    return named == html_.forms.end() ? nullptr : &*named;
  }
  return form_ ? &html_.forms[*form_] : nullptr;
}

// HTML knows no form in a form: the inner tag is as if it were not there.
void Reader::begin_form(const HtmlTokens& tag) {
  if (form_) return;
  if (html_.forms.size() == forms_max) return stop();
  const bool post = lowered(text_of(tag, "method")) == "post";
  form_ = html_.forms.size();
  html_.forms.push_back(
      {text_of(tag, "id"), trimmed(text_of(tag, "action")), post ? "post" : "get", {}});
}

void Reader::add_script(std::string source) {
  source = trimmed(source);
  if (source.empty() || scripts_.contains(source)) return;
  if (html_.scripts.size() == scripts_max) return stop();
  scripts_.insert(source);
  html_.scripts.push_back(std::move(source));
}

void Reader::add_field(FormField field, const HtmlTokens& tag) {
  Form* form = owner(tag);
  if (form == nullptr) return;
  if (form->fields.size() == fields_max) return stop();
  form->fields.push_back(std::move(field));
}

FormField input(const HtmlTokens& tag, std::string_view usual_type) {
  const auto type = tag.attribute("type");
  const auto value = tag.attribute("value");
  FormField field{text_of(tag, "name"), lowered(type ? *type : usual_type), value.value_or(""),
                  tag.attribute("checked").has_value()};
  const bool ticks = field.type == "checkbox" || field.type == "radio";
  if (ticks && !value) field.value = "on";
  return field;
}

void Reader::begin_select(const HtmlTokens& tag) {
  control_ = FormField{text_of(tag, "name"), "select", "", false};
  control_owner_ = owner(tag);
  chosen_ = false;
}

// Of a select counts the chosen option, else the first.
void Reader::begin_option(const HtmlTokens& tag) {
  if (!control_ || control_->type != "select") return;
  end_option();
  const bool selected = tag.attribute("selected").has_value();
  option_counts_ = !chosen_ || selected;
  option_has_value_ = tag.attribute("value").has_value();
  in_option_ = true;
  words_.clear();
  if (!option_counts_) return;
  chosen_ = true;
  control_->value = text_of(tag, "value");
}

void Reader::end_option() {
  if (in_option_ && option_counts_ && !option_has_value_) control_->value = trimmed(words_);
  in_option_ = false;
}

void Reader::begin(const HtmlTokens& tag) {
  const std::string& name = tag.name();
  if (name.size() < 4) return;  // none of these; most tags are as short
  if (name == "form") return begin_form(tag);
  if (name == "input" || name == "select" || name == "textarea") end_control();
  if (name == "input") return add_field(input(tag, "text"), tag);
  if (name == "button") return add_field(input(tag, "submit"), tag);
  if (name == "select") return begin_select(tag);
  if (name == "option") return begin_option(tag);
  if (name == "script") return add_script(text_of(tag, "src"));
  if (name == "link" && is_script(tag)) return add_script(text_of(tag, "href"));
  if (name == "base" && html_.base.empty()) html_.base = trimmed(text_of(tag, "href"));
  if (name == "meta" && html_.metas.size() < fields_max && tag.attribute("name"))
    html_.metas.emplace_back(text_of(tag, "name"), text_of(tag, "content"));
  if (name == "textarea") {
    control_ = FormField{text_of(tag, "name"), "textarea", "", false};
    control_owner_ = owner(tag);
    words_.clear();
  }
}

void Reader::end(std::string_view tag) {
  if (tag == "form") form_.reset();
  if (tag == "option") end_option();
  if (control_ && tag == control_->type) end_control();
}

// The select or textarea that is open.
void Reader::end_control() {
  if (!control_) return;
  end_option();
  // A browser drops the line break that follows <textarea>.
  if (control_->type == "textarea")
    control_->value = words_.starts_with('\n') ? words_.substr(1) : words_;
  const bool full = control_owner_ != nullptr && control_owner_->fields.size() == fields_max;
  if (control_owner_ != nullptr && !full) control_owner_->fields.push_back(*std::move(control_));
  control_.reset();
  if (full) stop();
}

void Reader::characters(const HtmlTokens& text) {
  if (!control_ || words_.size() >= field_value_max) return;
  words_ += text.text();
  if (words_.size() > field_value_max) words_.resize(field_value_max);
}

}  // namespace

const FormField* Form::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &FormField::name);
  return found == fields.end() ? nullptr : &*found;
}

bool Form::has_type(std::string_view type) const {
  return std::ranges::find(fields, type, &FormField::type) != fields.end();
}

Html parse_html(std::string_view text) {
  HtmlTokens tokens(text.substr(0, text_max));
  Reader reader;
  for (auto kind = tokens.next(); kind != HtmlTokens::Kind::end && !reader.stopped();
       kind = tokens.next()) {
    if (kind == HtmlTokens::Kind::start_tag) reader.begin(tokens);
    if (kind == HtmlTokens::Kind::end_tag) reader.end(tokens.name());
    if (kind == HtmlTokens::Kind::text) reader.characters(tokens);
  }
  Html html = reader.take();
  html.truncated = html.truncated || tokens.truncated() || text.size() > text_max;
  return html;
}

}  // namespace sonde::text
