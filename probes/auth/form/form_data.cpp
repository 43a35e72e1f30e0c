#include "probes/auth/form/form_data.hpp"

#include <algorithm>

#include "probes/text/ascii.hpp"
#include "probes/text/charset.hpp"
#include "probes/text/encode.hpp"

namespace sonde::auth {
namespace {

using text::Form;
using text::FormField;

bool is_tick(const FormField& field) { return field.type == "checkbox" || field.type == "radio"; }

bool is_any_button(const FormField& field) {
  return field.type == "submit" || field.type == "image" || field.type == "button" ||
         field.type == "reset";
}

bool same_group(const FormField& a, const FormField& b) {
  return a.type == b.type && a.name == b.name;
}

// Whether a checkbox or radio button is sent, and as what: the one that has the entry as its value,
// else the first of its name, with the entry. Without an entry, those that are checked; of radio
// buttons, the last one.
const std::string* value_of_tick(const Form& form, const FormField& field,
                                 const std::string* entry) {
  const auto peers = [&](const auto& wanted) {
    return [&](const FormField& other) {
      return same_group(other, field) && !other.disabled && wanted(other);
    };
  };
  if (entry == nullptr) {
    if (!field.checked) return nullptr;
    const auto checked = peers([](const FormField& other) { return other.checked; });
    const auto last = std::find_if(form.fields.rbegin(), form.fields.rend(), checked);
    return field.type == "checkbox" || &*last == &field ? &field.value : nullptr;
  }
  auto chosen = std::ranges::find_if(
      form.fields, peers([&](const FormField& other) { return other.value == *entry; }));
  if (chosen == form.fields.end())
    chosen = std::ranges::find_if(form.fields, peers([](const FormField&) { return true; }));
  return &*chosen == &field ? entry : nullptr;
}

bool has_visible(const Form& form, std::string_view name) {
  return std::ranges::any_of(form.fields, [&](const FormField& field) {
    return field.name == name && !field.disabled && field.type != "hidden";
  });
}

// Hebrew and Arabic letters come first: U+0590 to U+08FF.
bool begins_from_right(std::string_view text) {
  const auto first = std::ranges::find_if(
      text, [](char c) { return text::is_letter(c) || static_cast<unsigned char>(c) >= 0x80; });
  if (first == text.end()) return false;
  const auto lead = static_cast<unsigned char>(*first);
  return (lead >= 0xd6 && lead <= 0xdf) || lead == 0xe0;
}

std::string direction_of(const FormField& field, std::string_view value) {
  const bool from_right = field.dir == "rtl" || (field.dir == "auto" && begins_from_right(value));
  return from_right ? "rtl" : "ltr";
}

void add_field(const Form& form, const FormField& field, const Entries& entries,
               std::string_view encoding, std::vector<FormDatum>& list) {
  const auto found = entries.find(field.name);
  const std::string* entry = found == entries.end() ? nullptr : &found->second;
  if (field.type == "hidden" && has_visible(form, field.name)) entry = nullptr;
  if (is_tick(field)) {
    if (const std::string* value = value_of_tick(form, field, entry))
      list.push_back({field.name, *value});
    return;
  }
  if (field.type == "select" && entry == nullptr) {
    for (const std::string& value : field.chosen) list.push_back({field.name, value});
    return;
  }
  if (field.type == "file") return list.push_back({field.name, "", true});
  if (field.type == "hidden" && text::lowered(field.name) == "_charset_")
    return list.push_back({field.name, std::string(encoding)});
  const std::string& value = entry == nullptr ? field.value : *entry;
  list.push_back({field.name, value});
  if (!field.dirname.empty()) list.push_back({field.dirname, direction_of(field, value)});
}

void add_button(const FormField& button, std::vector<FormDatum>& list) {
  if (button.type == "image") {  // pressed by a key
    const std::string prefix = button.name.empty() ? "" : button.name + ".";
    list.push_back({prefix + "x", "0"});
    list.push_back({prefix + "y", "0"});
  } else if (!button.name.empty()) {
    list.push_back({button.name, button.value});
  }
}

// CR, LF and CR LF become CR LF.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    const bool line_end = text[i] == '\r' || text[i] == '\n';
    line_end ? void(out += "\r\n") : void(out += text[i]);
  }
  return out;
}

// The application/x-www-form-urlencoded serializer (URL Standard section 5.2).
std::string urlencoded(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (text::is_letter(c) || (c >= '0' && c <= '9') || std::string_view("*-._").contains(c))
      out += c;
    else if (c == ' ')
      out += '+';
    else
      ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
  }
  return out;
}

std::string quoted_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '"')
      out += "%22";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else
      out += c;
  }
  return out;
}

// RFC 7578. The boundary is a digest of what it encloses, so that this cannot contain it.
EncodedForm multipart(const std::vector<FormDatum>& data) {
  std::string all;
  for (const auto& [name, value, is_file] : data) ((all += name) += '=') += value + "\n";
  const std::string boundary = "----FormBoundary" + text::sha256(all).substr(0, 24);
  EncodedForm form{.body = "", .content_type = "multipart/form-data; boundary=" + boundary};
  for (const auto& [name, value, is_file] : data) {
    form.body +=
        "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted_name(name) + "\"";
    if (is_file) form.body += "; filename=\"\"\r\nContent-Type: application/octet-stream";
    form.body += "\r\n\r\n" + value + "\r\n";
  }
  form.body += "--" + boundary + "--\r\n";
  return form;
}

}  // namespace

std::vector<FormDatum> entry_list(const Form& form, const Entries& entries, const FormField* button,
                                  std::string_view encoding) {
  std::vector<FormDatum> list;
  for (const FormField& field : form.fields) {
    if (field.disabled) continue;
    if (&field == button) add_button(field, list);
    if (!is_any_button(field) && !field.name.empty())
      add_field(form, field, entries, encoding, list);
  }
  return list;
}

EncodedForm encode_form(const std::vector<FormDatum>& data, std::string_view enctype,
                        std::string_view encoding) {
  std::vector<FormDatum> bytes;
  bytes.reserve(data.size());
  for (const auto& [name, value, is_file] : data)
    bytes.push_back({text::encoded_for_form(with_crlf(name), encoding),
                     text::encoded_for_form(with_crlf(value), encoding), is_file});
  if (enctype == "multipart/form-data") return multipart(bytes);
  const bool plain = enctype == "text/plain";
  EncodedForm form{.body = "",
                   .content_type = plain ? "text/plain" : "application/x-www-form-urlencoded"};
  for (const auto& [name, value, is_file] : bytes) {
    if (plain)
      ((form.body += name) += '=') += value + "\r\n";
    else
      form.body += (form.body.empty() ? "" : "&") + urlencoded(name) + "=" + urlencoded(value);
  }
  return form;
}

}  // namespace sonde::auth
