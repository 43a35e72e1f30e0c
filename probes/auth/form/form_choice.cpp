#include "probes/auth/form/form_choice.hpp"

#include <algorithm>
#include <tuple>

#include "probes/text/json.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::auth {
namespace {

using text::Form;
using text::FormField;

bool submits(const FormField& field) {
  return !field.disabled && (field.type == "submit" || field.type == "image");
}

bool is_typed(const FormField& field) {
  return field.type == "text" || field.type == "password" || field.type == "email" ||
         field.type == "tel" || field.type == "url" || field.type == "search" ||
         field.type == "number" || field.type == "date" || field.type == "textarea";
}

const FormField* named_button(const Form& form, const Entries& entries) {
  const FormField* named = nullptr;
  for (const FormField& field : form.fields) {
    const auto entry = submits(field) ? entries.find(field.name) : entries.end();
    if (entry == entries.end()) continue;
    if (entry->second == field.value) return &field;
    if (named == nullptr) named = &field;
  }
  return named;
}

// "Sign in or register" logs in.
bool says_login(std::string_view text) {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)log[ _-]?(?:in|on)|sign[ _-]?(?:in|on)|authenticate|anmelden|einloggen|connexion|"
      "connecter|iniciar|accedi|entrar");
  return words.found_in(text);
}

bool says_otherwise_than_login(const FormField& button) {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)(?:^|[^a-z])(?:forgot(?:ten)?|reset|recover|regist(?:er|ration|rieren)|"
      "sign[ _-]?up|(?:create|new)[ _-](?:an?[ _-])?account|subscribe|unsubscribe|resend|"
      "magic[ _-]?link|e?-?mail me|send (?:me )?(?:an? )?(?:link|code|e?-?mail)|delete|cancel|"
      "deny|decline|log[ _-]?out|sign[ _-]?out|vergessen|abbrechen|konto erstellen|"
      "s'inscrire|oubli|olvid|registrarse)(?:[^a-z]|$)");
  const std::string said = button.name + " " + button.label + " " + button.value;
  return words.found_in(said) && !says_login(button.label.empty() ? said : button.label);
}

bool is_address_of_another_thing(std::string_view action) {
  static const text::Pattern words = *text::Pattern::parse(
      "(?i)[/_.-](?:register|registration|sign[_-]?up|forgot|forgotten|reset|recover|recovery|"
      "lost[_-]?password|subscribe|unsubscribe|newsletter|resend|log[_-]?out|sign[_-]?out)"
      "(?:[/_.-]|$)");
  std::string path = "/" + std::string(action.substr(0, action.find_first_of("?#")));
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string last = path.substr(path.find_last_of('/'));
  return words.found_in(path) && !says_login(last);
}

std::size_t left_to_type(const Form& form, const Entries& entries) {
  return static_cast<std::size_t>(std::ranges::count_if(form.fields, [&](const FormField& field) {
    return !field.disabled && is_typed(field) && !field.name.empty() && field.value.empty() &&
           !entries.contains(field.name);
  }));
}

bool completes(const Form& form, std::string_view kind) {
  return std::ranges::any_of(form.fields, [&](const FormField& field) {
    return !field.disabled && field.autocomplete.contains(kind);
  });
}

// Why the form is not a login; empty: it may be one.
std::string other_purpose(const Form& form, const Entries& entries) {
  if (form.method == "dialog") return "it is sent nowhere (method dialog)";
  if (named_button(form, entries) != nullptr) return "";
  const auto is_unknown_password = [&](const FormField& field) {
    return field.type == "password" && !field.disabled && !entries.contains(field.name);
  };
  const auto passwords = std::ranges::count_if(form.fields, [](const FormField& field) {
    return field.type == "password" && !field.disabled;
  });
  if (passwords > 1 && std::ranges::any_of(form.fields, is_unknown_password))
    return "it asks for " + std::to_string(passwords) + " passwords";
  if (completes(form, "new-password") && !completes(form, "current-password") &&
      left_to_type(form, entries) > 0)
    return "it asks for a new password and more";
  const FormField* button = choose_button(form, entries);
  if (button == nullptr) {
    const auto other = std::ranges::find_if(form.fields, submits);
    if (other != form.fields.end())
      return "its button says " +
             text::json_quote(text::shorten(other->label.empty() ? other->name : other->label, 60));
  }
  const bool overridden = button != nullptr && button->action && !button->action->empty();
  const std::string& action = overridden ? *button->action : form.action;
  if (is_address_of_another_thing(action))
    return "it is sent to " + text::json_quote(text::shorten(action, 100));
  return "";
}

// Of two forms, the one that a user fills in has the greater rank.
auto rank_of(const Form& form, const Entries& entries) {
  const FormField* button = choose_button(form, entries);
  const bool posts =
      button != nullptr && button->method ? *button->method == "post" : form.method == "post";
  const int password = completes(form, "current-password") ? 2
                       : completes(form, "new-password")   ? 0
                                                           : 1;
  return std::tuple(matching(form, entries), -static_cast<long>(left_to_type(form, entries)),
                    password, posts);
}

}  // namespace

const FormField* choose_button(const Form& form, const Entries& entries) {
  if (const FormField* named = named_button(form, entries)) return named;
  const auto first = std::ranges::find_if(form.fields, [](const FormField& field) {
    return submits(field) && !says_otherwise_than_login(field);
  });
  return first == form.fields.end() ? nullptr : &*first;
}

std::size_t matching(const Form& form, const Entries& entries) {
  return static_cast<std::size_t>(std::ranges::count_if(entries, [&](const auto& entry) {
    return std::ranges::any_of(form.fields, [&](const FormField& field) {
      return field.name == entry.first && !field.disabled;
    });
  }));
}

std::expected<const Form*, Failure> choose_form(const text::Html& page, const Entries& entries) {
  const Form* best = nullptr;
  std::string others;
  for (const Form& form : page.forms) {
    if (const std::string why = other_purpose(form, entries); !why.empty()) {
      if (matching(form, entries) > 0 || page.forms.size() == 1)
        others += (others.empty() ? "" : "; ") + why;
    } else if (best == nullptr || rank_of(form, entries) > rank_of(*best, entries)) {
      best = &form;
    }
  }
  const bool fits = best != nullptr && (matching(*best, entries) > 0 || others.empty());
  if (fits) return best;
  if (others.empty()) return std::unexpected(Failure{Reason::no_form, "the page has no form"});
  return std::unexpected(Failure{
      Reason::no_form, "nothing was sent, because the form seems to be no login: " + others +
                           "; if it is one, name its button in fields"});
}

Entries entries_to_type(const Form& form, const Entries& entries,
                        const std::set<std::string>& entered) {
  Entries left;
  for (const auto& [name, value] : entries) {
    const bool empty = std::ranges::any_of(form.fields, [&](const FormField& field) {
      return field.name == name && !field.disabled && is_typed(field) && field.value.empty();
    });
    if (!entered.contains(name) || empty) left.emplace(name, value);
  }
  return left;
}

bool asks_again(const text::Html& page, const Entries& entries) {
  return std::ranges::any_of(page.forms, [&](const Form& form) {
    if (entries.empty()) return form.has_type("password");
    if (!other_purpose(form, entries).empty()) return false;
    const auto passwords = std::ranges::count(form.fields, "password", &FormField::type);
    const bool takes_ours = std::ranges::any_of(form.fields, [&](const FormField& field) {
      return field.type == "password" && entries.contains(field.name);
    });
    return matching(form, entries) == entries.size() || (passwords == 1 && takes_ours);
  });
}

std::string describe(const text::Html& page) {
  if (page.forms.empty()) return "no form";
  std::string all;
  for (const auto& form : page.forms) {
    std::string names;
    for (const auto& field : form.fields)
      if (!field.name.empty()) names += (names.empty() ? "" : ", ") + field.name.substr(0, 40);
    all += (all.empty() ? "a form with " : "; a form with ") + (names.empty() ? "nothing" : names);
  }
  return all.substr(0, 300);
}

}  // namespace sonde::auth
