#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::text {

// A control of a form, with all entities decoded.
struct FormField {
  std::string name;
  std::string type;       // "text", "hidden", "password", "submit", ..., or "select", "textarea"
  std::string value;      // what a browser sends if the form is not changed
  bool checked = false;   // of a checkbox or radio button
  bool disabled = false;  // also by a fieldset: it is neither sent nor pressed
  std::string autocomplete = {};         // "current-password"
  std::string dirname = {}, dir = {};    // what is sent about the direction of its text
  std::vector<std::string> chosen = {};  // of a select: values of the chosen options
  std::string label = {};                // of a button: what it says
  // Of a button that submits: what it has instead of the form's; empty: the same.
  std::optional<std::string> action = {}, method = {}, enctype = {};
};

// A form with its controls, in the order of the page.
struct Form {
  std::string id;
  std::string action;               // as written; empty: the page's own URL
  std::string method = {};          // "get", "post" or "dialog"
  std::string enctype = {};         // lower case, as written
  std::string accept_charset = {};  // labels, separated by blanks
  std::vector<FormField> fields = {};

  const FormField* field(std::string_view name) const;  // the first with that name, or null
  // Whether it has such a control that is not disabled; "password": a login form.
  bool has_type(std::string_view type) const;
};

// The parts of a page that matter to a browser. URLs are as written, to be resolved against `base`
// and the URL of the page.
struct Html {
  std::vector<Form> forms;
  std::vector<std::string> scripts;  // src of scripts, and links that preload a script
  std::vector<std::pair<std::string, std::string>> metas;  // name and content
  std::string base;                                        // href of the first <base>; may be empty
  std::string charset;     // the page's own label, of <meta>; empty: none
  std::string refresh;     // the address of the first <meta http-equiv=refresh> with one
  bool truncated = false;  // a limit was reached; only what came before it is here
};

// The address in the value of a header Refresh or of such a <meta>: "0; url=/home" (HTML section
// 4.2.4.3). Empty: there is none, or it takes longer than 30 s, as where a page ends an idle
// session; a user is on the page until then. Pure.
std::string refresh_address(std::string_view content);

// Parses a page as leniently as browsers do (unclosed and misnested tags, unquoted attributes).
// Assumes UTF-8. Controls belong to forms and are disabled as in HTML section 4.10; those in
// <template> and <datalist> do not count. Pure; never fails. Limits: 1 MB of text, 256 attributes
// of a tag, 32 forms of 256 fields, 256 scripts, 64 KB for a value. Linear time for any nesting.
Html parse_html(std::string_view text);

}  // namespace sonde::text
