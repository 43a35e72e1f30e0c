#include "probes/text/html.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

#include "probes/text/libxml.hpp"

namespace sonde::text {
namespace {

constexpr std::size_t text_max = 1024 * 1024;
constexpr std::size_t value_max = 64 * 1024;
constexpr int depth_max = 512;
constexpr std::size_t forms_max = 32;
constexpr std::size_t fields_max = 256;
constexpr std::size_t scripts_max = 256;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

// The attributes of one start tag; libxml2 hands them as a list of names and values.
class Attributes {
 public:
  explicit Attributes(const xmlChar** list) : list_(list) {}
  std::optional<std::string_view> get(std::string_view name) const {
    for (const xmlChar** at = list_; at != nullptr && at[0] != nullptr; at += 2)
      if (view(at[0]) == name) return view(at[1]).substr(0, value_max);
    return std::nullopt;
  }
  std::string text(std::string_view name) const { return std::string(get(name).value_or("")); }

 private:
  const xmlChar** list_;
};

bool is_script(const Attributes& link) {
  const std::string rel = lower(link.text("rel"));
  return rel == "modulepreload" || (rel == "preload" && lower(link.text("as")) == "script");
}

// Takes the events of the parser; knows no tree, so that memory is bounded by what is kept.
class Reader {
 public:
  explicit Reader(htmlParserCtxtPtr parser) : parser_(parser) {
    html_.forms.reserve(forms_max);  // what is open points into it
  }

  void begin(std::string_view tag, const Attributes& attributes);
  void end(std::string_view tag);
  void characters(std::string_view text);
  Html take() { return std::move(html_); }

 private:
  void stop();
  void begin_form(const Attributes& attributes);
  void add_script(std::string source);
  void add_field(FormField field, const Attributes& attributes);
  void begin_select(const Attributes& attributes);
  void begin_option(const Attributes& attributes);
  void end_option();
  Form* owner(const Attributes& attributes);

  htmlParserCtxtPtr parser_;
  Html html_;
  int depth_ = 0;
  std::optional<std::size_t> form_;   // the one that is open
  std::optional<FormField> control_;  // the select or textarea that is open
  Form* control_owner_ = nullptr;
  bool in_option_ = false, option_counts_ = false, option_has_value_ = false, chosen_ = false;
  std::string words_;  // of the textarea or option that is open
};

void Reader::stop() {
  html_.truncated = true;
  libxml().stop(parser_);
}

// An `input form="id"` belongs to that form wherever it stands.
Form* Reader::owner(const Attributes& attributes) {
  if (const auto id = attributes.get("form")) {
    const auto named = std::ranges::find(html_.forms, *id, &Form::id);
    return named == html_.forms.end() ? nullptr : &*named;
  }
  return form_ ? &html_.forms[*form_] : nullptr;
}

// HTML knows no form in a form: the parser ends the outer one.
void Reader::begin_form(const Attributes& attributes) {
  if (html_.forms.size() == forms_max) return stop();
  const bool post = lower(attributes.text("method")) == "post";
  form_ = html_.forms.size();
  html_.forms.push_back(
      {attributes.text("id"), trimmed(attributes.text("action")), post ? "post" : "get", {}});
}

void Reader::add_script(std::string source) {
  source = trimmed(source);
  if (source.empty() || std::ranges::find(html_.scripts, source) != html_.scripts.end()) return;
  if (html_.scripts.size() == scripts_max) return stop();
  html_.scripts.push_back(std::move(source));
}

void Reader::add_field(FormField field, const Attributes& attributes) {
  Form* form = owner(attributes);
  if (form == nullptr) return;
  if (form->fields.size() == fields_max) return stop();
  form->fields.push_back(std::move(field));
}

FormField input(const Attributes& attributes, std::string_view usual_type) {
  const auto type = attributes.get("type");
  const auto value = attributes.get("value");
  FormField field{attributes.text("name"), lower(type.value_or(usual_type)),
                  std::string(value.value_or("")), attributes.get("checked").has_value()};
  const bool ticks = field.type == "checkbox" || field.type == "radio";
  if (ticks && !value) field.value = "on";
  return field;
}

void Reader::begin_select(const Attributes& attributes) {
  control_ = FormField{attributes.text("name"), "select", "", false};
  control_owner_ = owner(attributes);
  chosen_ = false;
}

// Of a select counts the chosen option, else the first.
void Reader::begin_option(const Attributes& attributes) {
  if (!control_ || control_->type != "select") return;
  end_option();
  const bool selected = attributes.get("selected").has_value();
  option_counts_ = !chosen_ || selected;
  option_has_value_ = attributes.get("value").has_value();
  in_option_ = true;
  words_.clear();
  if (!option_counts_) return;
  chosen_ = true;
  control_->value = attributes.text("value");
}

void Reader::end_option() {
  if (in_option_ && option_counts_ && !option_has_value_) control_->value = trimmed(words_);
  in_option_ = false;
}

void Reader::begin(std::string_view tag, const Attributes& attributes) {
  if (++depth_ > depth_max) return stop();
  if (tag == "form") return begin_form(attributes);
  if (tag == "input") return add_field(input(attributes, "text"), attributes);
  if (tag == "button") return add_field(input(attributes, "submit"), attributes);
  if (tag == "select") return begin_select(attributes);
  if (tag == "option") return begin_option(attributes);
  if (tag == "script") return add_script(attributes.text("src"));
  if (tag == "link" && is_script(attributes)) return add_script(attributes.text("href"));
  if (tag == "base" && html_.base.empty()) html_.base = trimmed(attributes.text("href"));
  if (tag == "meta" && attributes.get("name") && html_.metas.size() < fields_max)
    html_.metas.emplace_back(attributes.text("name"), attributes.text("content"));
  if (tag == "textarea") {
    control_ = FormField{attributes.text("name"), "textarea", "", false};
    control_owner_ = owner(attributes);
    words_.clear();
  }
}

void Reader::end(std::string_view tag) {
  --depth_;
  if (tag == "form") form_.reset();
  if (tag == "option") end_option();
  if (!control_ || tag != control_->type) return;
  end_option();
  // A browser drops the line break that follows <textarea>.
  if (tag == "textarea") control_->value = words_.starts_with('\n') ? words_.substr(1) : words_;
  const bool full = control_owner_ != nullptr && control_owner_->fields.size() == fields_max;
  if (control_owner_ != nullptr && !full) control_owner_->fields.push_back(*std::move(control_));
  control_.reset();
  if (full) stop();
}

void Reader::characters(std::string_view text) {
  if (!control_) return;
  words_ += text.substr(0, value_max - std::min(value_max, words_.size()));
}

Reader& reader(void* context) { return *static_cast<Reader*>(context); }

void on_begin(void* context, const xmlChar* name, const xmlChar** attributes) {
  reader(context).begin(view(name), Attributes(attributes));
}
void on_end(void* context, const xmlChar* name) { reader(context).end(view(name)); }
void on_characters(void* context, const xmlChar* text, int size) {
  reader(context).characters(view(text).substr(0, static_cast<std::size_t>(size)));
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
  const Libxml& xml = libxml();
  const std::unique_ptr<htmlParserCtxt, decltype(xml.free_parser)> parser(xml.new_parser(),
                                                                          xml.free_parser);
  if (!parser) throw std::bad_alloc();
  Reader reader(parser.get());
  *parser->sax = {};
  parser->sax->startElement = on_begin;
  parser->sax->endElement = on_end;
  parser->sax->characters = on_characters;
  parser->userData = &reader;
  const std::string_view head = text.substr(0, text_max);
  const int options =
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
  xmlDoc* tree =
      xml.read(parser.get(), head.data(), static_cast<int>(head.size()), nullptr, "UTF-8", options);
  xml.free_tree(tree);  // none is built, but the parser may hand one out
  Html html = reader.take();
  html.truncated = html.truncated || text.size() > text_max;
  return html;
}

}  // namespace sonde::text
