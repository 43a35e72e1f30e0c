#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/html.hpp"
#include "probes/text/html_tokens.hpp"

namespace sonde::text {

// Collects the controls of a page's forms, token by token, without a tree (HTML section 4.10).
class HtmlControls {
 public:
  // Call with each start tag, end tag and text outside of <template>. `form`: the form that is
  // open. `full`: a limit was reached.
  void begin(const HtmlTokens& tag, std::optional<std::size_t> form);
  void end(std::string_view tag);
  void characters(const HtmlTokens& text);
  bool full() const { return full_; }

  // Adds each control to its form, at the end of the page. False: a form had too many.
  bool give_to(std::vector<Form>& forms);

 private:
  struct Control {
    FormField field;
    std::optional<std::size_t> form;
    std::optional<std::string> named;  // the id of its form, wherever that is
  };
  struct Fieldset {
    bool disabled, has_legend = false, in_legend = false;
  };
  void add(FormField field, const HtmlTokens& tag, std::optional<std::size_t> form);
  void begin_option(const HtmlTokens& tag);
  void end_option();
  void end_select();
  void end_open();
  void begin_fieldset(const HtmlTokens& tag);
  void begin_legend();
  void end_legend();
  void end_fieldset();

  std::vector<Control> controls_;
  enum class Open { none, select, textarea, button };
  Open open_ = Open::none;  // the last control, if its text follows
  std::string words_;       // of the textarea, button or option that is open

  struct Option {
    std::string value;
    bool chosen, disabled;
  };
  std::vector<Option> options_;  // of the select that is open
  bool in_option_ = false, option_has_value_ = false, group_disabled_ = false;
  bool is_list_ = false;  // the select shows several options, so that none may be chosen
  bool takes_several_ = false;

  std::vector<Fieldset> fieldsets_;
  int disabling_ = 0;  // fieldsets that disable what comes now
  int datalists_ = 0;
  bool full_ = false;
};

}  // namespace sonde::text
