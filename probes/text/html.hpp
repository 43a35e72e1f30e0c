#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::text {

// A control of a form, as the page names it; all entities decoded.
struct FormField {
  std::string name;
  std::string type;      // "text", "hidden", "password", "submit", ..., or "select", "textarea"
  std::string value;     // what a browser would send of an untouched form
  bool checked = false;  // of a checkbox or radio
};

// A form, with the controls that belong to it, in the order of the page.
struct Form {
  std::string id;
  std::string action;  // as written; empty: the page's own address
  std::string method;  // "get" or "post"
  std::vector<FormField> fields;

  const FormField* field(std::string_view name) const;  // the first of that name; or null
  bool has_type(std::string_view type) const;           // "password": a form that logs in
};

// What a page asks of the browser that opens it. Addresses are as written, to be resolved against
// `base` and the address of the page.
struct Html {
  std::vector<Form> forms;
  std::vector<std::string> scripts;  // script src, and what a link preloads as a script
  std::vector<std::pair<std::string, std::string>> metas;  // name and content
  std::string base;                                        // href of the first <base>; or empty
  bool truncated = false;  // a bound was met; what stands here came before it
};

// Reads a page as leniently as browsers do (unclosed and misnested tags, unquoted attributes). The
// text is taken for UTF-8. Pure; never fails. Bounds: 1 MB of text, 256 attributes a tag, 32 forms
// of 256 fields, 256 scripts, 64 KB a value. Linear time whatever is nested how.
Html parse_html(std::string_view text);

}  // namespace sonde::text
