#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/html.hpp"

namespace sonde::auth {

// What a user enters, by field name.
using Entries = std::map<std::string, std::string>;

// A name and a value that a form sends, in UTF-8. A file input that is empty sends a file without a
// name.
struct FormDatum {
  std::string name, value;
  bool is_file = false;
};

// The entry list that a browser constructs for a form (HTML section 4.10.22.4) whose fields have
// these entries: everything that is not disabled, with hidden and unchanged fields, in the order of
// the page. An entry goes to a hidden field only if no other field has its name, and it selects the
// checkbox, radio button or option with that value. `button`: what submits the form; null: nothing.
// `encoding`: the value of a hidden _charset_. Pure.
std::vector<FormDatum> entry_list(const text::Form& form, const Entries& entries,
                                  const text::FormField* button, std::string_view encoding);

// The body of a form and its Content-Type.
struct EncodedForm {
  std::string body, content_type;
};
// Encodes the list as "application/x-www-form-urlencoded", "multipart/form-data" or "text/plain";
// anything else is the first. Pure.
EncodedForm encode_form(const std::vector<FormDatum>& data, std::string_view enctype,
                        std::string_view encoding);

}  // namespace sonde::auth
