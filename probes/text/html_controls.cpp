#include "probes/text/html_controls.hpp"

#include <algorithm>
#include <charconv>

#include "probes/text/ascii.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t control_value_max = 64 * 1024, label_max = 200;
constexpr std::size_t controls_max = 8192, form_fields_max = 256, fieldsets_max = 256;
constexpr std::size_t options_max = 4096;

std::string attribute_of(const HtmlTokens& tag, std::string_view name) {
  return tag.attribute(name).value_or("");
}

// Blanks at the ends are removed, and those within are one space each.
std::string collapsed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// CR and CR LF are LF, as in the input stream of a page.
std::string with_plain_newlines(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

bool is_line(std::string_view type) {
  return type == "text" || type == "search" || type == "tel" || type == "password" ||
         type == "url" || type == "email";
}

bool is_known_type(std::string_view type) {
  constexpr std::string_view others[] = {
      "hidden", "checkbox", "radio", "submit", "image",          "reset",  "button", "file",
      "date",   "month",    "week",  "time",   "datetime-local", "number", "range",  "color"};
  return is_line(type) || std::ranges::find(others, type) != std::ranges::end(others);
}

// The value sanitization of an input (HTML section 4.10.5.1).
std::string sanitized(std::string_view type, std::string value) {
  if (is_line(type)) std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
  if (type == "url" || type == "email") value = collapsed(value);
  if (type == "color" && (value.size() != 7 || value[0] != '#')) value = "#000000";
  if (type == "range" && value.empty()) value = "50";
  return value;
}

void read_overrides(FormField& field, const HtmlTokens& tag) {
  field.action = tag.attribute("formaction");
  if (auto method = tag.attribute("formmethod")) field.method = lowered(*method);
  if (auto enctype = tag.attribute("formenctype")) field.enctype = lowered(*enctype);
}

FormField field_of(const HtmlTokens& tag, std::string type) {
  FormField field{attribute_of(tag, "name"), std::move(type), attribute_of(tag, "value"),
                  tag.attribute("checked").has_value()};
  field.autocomplete = lowered(attribute_of(tag, "autocomplete"));
  field.dirname = attribute_of(tag, "dirname");
  field.dir = lowered(attribute_of(tag, "dir"));
  field.disabled = tag.attribute("disabled").has_value();
  if (field.type == "submit" || field.type == "image") read_overrides(field, tag);
  return field;
}

FormField input_of(const HtmlTokens& tag) {
  std::string type = lowered(attribute_of(tag, "type"));
  FormField field = field_of(tag, is_known_type(type) ? std::move(type) : "text");
  const bool ticks = field.type == "checkbox" || field.type == "radio";
  if (ticks && !tag.attribute("value")) field.value = "on";
  if (field.type == "submit") field.label = field.value.substr(0, label_max);
  if (field.type == "image") field.label = attribute_of(tag, "alt").substr(0, label_max);
  field.value = sanitized(field.type, std::move(field.value));
  return field;
}

FormField button_of(const HtmlTokens& tag) {
  std::string type = lowered(attribute_of(tag, "type"));
  return field_of(tag, type == "button" || type == "reset" ? std::move(type) : "submit");
}

bool is_list(const HtmlTokens& select) {
  const std::string size = attribute_of(select, "size");
  int rows = 0;
  std::from_chars(size.data(), size.data() + size.size(), rows);
  return rows > 1 || select.attribute("multiple");
}

}  // namespace

void HtmlControls::add(FormField field, const HtmlTokens& tag, std::optional<std::size_t> form) {
  if (datalists_ > 0) return;
  if (controls_.size() == controls_max) {
    full_ = true;
    return;
  }
  field.disabled = field.disabled || disabling_ > 0;
  controls_.push_back({std::move(field), form, tag.attribute("form")});
}

void HtmlControls::begin(const HtmlTokens& tag, std::optional<std::size_t> form) {
  const std::string& name = tag.name();
  if (name == "option") return begin_option(tag);
  if (name == "optgroup") {
    end_option();
    group_disabled_ = tag.attribute("disabled").has_value();
  }
  if (name == "fieldset") return begin_fieldset(tag);
  if (name == "legend") return begin_legend();
  if (name == "datalist") ++datalists_;
  const bool select = name == "select", textarea = name == "textarea", button = name == "button";
  if (name != "input" && !select && !textarea && !button) return;
  end_open();
  const std::size_t count = controls_.size();
  add(name == "input" ? input_of(tag) : button ? button_of(tag) : field_of(tag, name), tag, form);
  if (controls_.size() == count || name == "input") return;
  open_ = select ? Open::select : textarea ? Open::textarea : Open::button;
  words_.clear();
  if (!select) return;
  is_list_ = is_list(tag);
  takes_several_ = tag.attribute("multiple").has_value();
  group_disabled_ = false;
}

void HtmlControls::begin_option(const HtmlTokens& tag) {
  if (open_ != Open::select) return;
  end_option();
  if (options_.size() == options_max) {
    full_ = true;
    return;
  }
  option_has_value_ = tag.attribute("value").has_value();
  options_.push_back({attribute_of(tag, "value"), tag.attribute("selected").has_value(),
                      group_disabled_ || tag.attribute("disabled")});
  in_option_ = true;
  words_.clear();
}

void HtmlControls::end_option() {
  if (in_option_ && !option_has_value_) options_.back().value = collapsed(words_);
  in_option_ = false;
}

// Of a select that takes one option, the last one that is marked counts, else the first that is not
// disabled (HTML section 4.10.7). A disabled option is not sent.
void HtmlControls::end_select() {
  end_option();
  FormField& field = controls_.back().field;
  field.value.clear();
  const auto is_chosen = [](const Option& option) { return option.chosen; };
  if (takes_several_) {
    for (const Option& option : options_)
      if (option.chosen && !option.disabled) field.chosen.push_back(option.value);
  } else if (std::ranges::any_of(options_, is_chosen)) {
    const auto last = std::find_if(options_.rbegin(), options_.rend(), is_chosen);
    if (!last->disabled) field.chosen = {last->value};
  } else if (!is_list_) {
    const auto first = std::ranges::find(options_, false, &Option::disabled);
    if (first != options_.end()) field.chosen = {first->value};
  }
  if (!field.chosen.empty()) field.value = field.chosen.front();
  options_.clear();
}

// The control whose text follows ends.
void HtmlControls::end_open() {
  if (open_ == Open::none) return;
  FormField& field = controls_.back().field;
  if (open_ == Open::select) end_select();
  if (open_ == Open::textarea) {
    // A browser drops the line break that follows <textarea>.
    field.value = with_plain_newlines(words_);
    if (field.value.starts_with('\n')) field.value.erase(0, 1);
  }
  if (open_ == Open::button) field.label = collapsed(words_).substr(0, label_max);
  open_ = Open::none;
}

void HtmlControls::begin_fieldset(const HtmlTokens& tag) {
  if (fieldsets_.size() == fieldsets_max) {
    full_ = true;
    return;
  }
  fieldsets_.push_back({.disabled = tag.attribute("disabled").has_value()});
  if (fieldsets_.back().disabled) ++disabling_;
}

// What stands in the first legend of a fieldset is not disabled by it.
void HtmlControls::begin_legend() {
  if (fieldsets_.empty() || fieldsets_.back().has_legend) return;
  fieldsets_.back().has_legend = fieldsets_.back().in_legend = true;
  if (fieldsets_.back().disabled) --disabling_;
}

void HtmlControls::end_legend() {
  if (fieldsets_.empty() || !fieldsets_.back().in_legend) return;
  fieldsets_.back().in_legend = false;
  if (fieldsets_.back().disabled) ++disabling_;
}

void HtmlControls::end_fieldset() {
  if (fieldsets_.empty()) return;
  if (fieldsets_.back().disabled && !fieldsets_.back().in_legend) --disabling_;
  fieldsets_.pop_back();
}

void HtmlControls::end(std::string_view tag) {
  if (tag == "option") end_option();
  if (tag == "optgroup") {
    end_option();
    group_disabled_ = false;
  }
  if (tag == "legend") end_legend();
  if (tag == "fieldset") end_fieldset();
  if (tag == "datalist" && datalists_ > 0) --datalists_;
  const bool ends = (open_ == Open::select && tag == "select") ||
                    (open_ == Open::textarea && tag == "textarea") ||
                    (open_ == Open::button && (tag == "button" || tag == "form"));
  if (ends) end_open();
}

void HtmlControls::characters(const HtmlTokens& text) {
  const std::size_t max = open_ == Open::button ? label_max : control_value_max;
  if (open_ == Open::none || words_.size() >= max) return;
  words_ += text.text();
  if (words_.size() > max) words_.resize(max);
}

bool HtmlControls::give_to(std::vector<Form>& forms) {
  end_open();
  bool all = true;
  for (auto& [field, form, named] : controls_) {
    auto owner = forms.end();
    if (named && !named->empty()) owner = std::ranges::find(forms, *named, &Form::id);
    if (!named && form) owner = forms.begin() + static_cast<std::ptrdiff_t>(*form);
    if (owner == forms.end()) continue;
    const bool fits = owner->fields.size() < form_fields_max;
    if (fits) owner->fields.push_back(std::move(field));
    all = all && fits;
  }
  return all;
}

}  // namespace sonde::text
