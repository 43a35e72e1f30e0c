#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::text {

// A control of a form, with all entities decoded.
struct FormField {
  std::string name;
  std::string type;      // "text", "hidden", "password", "submit", ..., or "select", "textarea"
  std::string value;     // what a browser sends if the form is not changed
  bool checked = false;  // of a checkbox or radio button
};

// A form with its controls, in the order of the page.
struct Form {
  std::string id;
  std::string action;  // as written; empty: the page's own URL
  std::string method;  // "get" or "post"
  std::vector<FormField> fields;

  const FormField* field(std::string_view name) const;  // the first with that name, or null
  bool has_type(std::string_view type) const;           // "password": a login form
};

// The parts of a page that matter to a browser. URLs are as written, to be resolved against `base`
// and the URL of the page.
struct Html {
  std::vector<Form> forms;
  std::vector<std::string> scripts;  // src of scripts, and links that preload a script
  std::vector<std::pair<std::string, std::string>> metas;  // name and content
  std::string base;                                        // href of the first <base>; may be empty
  bool truncated = false;  // a limit was reached; only what came before it is here
};

// Parses a page as leniently as browsers do (unclosed and misnested tags, unquoted attributes).
// Assumes UTF-8. Pure; never fails. Limits: 1 MB of text, 256 attributes of a tag, 32 forms of 256
// fields, 256 scripts, 64 KB for a value. Linear time for any nesting.
Html parse_html(std::string_view text);

}  // namespace sonde::text
